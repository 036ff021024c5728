import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { aimsTable } from './aims.ts'
import { measureInitramfs } from './initramfs.ts'
import { type BenchOptions, parseOptions, USAGE } from './options.ts'
import { roundTripTable, workTables } from './report.ts'
import type { Outcome } from './sample.ts'
import { inSeclusion } from './seclusion.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const { samples, missing } = JSON.parse(await inSeclusion(at('inside.ts'), options, signal)) as Outcome
  for (const reason of missing) console.log(`left out: ${reason}`)
  const methods = [...new Set(samples.map(({ method }) => method))]
  console.log(`CPU counted by: ${methods.join(', ')}\n`)
  for (const table of workTables(samples)) console.log(`${table}\n`)
  const trips = roundTripTable(samples)
  if (trips) console.log(`### Round trips\n\n${trips}\n`)
  console.log(`### Aims\n\n${aimsTable(samples)}\n`)
  const initramfs = options.initramfs ? await measureInitramfs(options, signal) : undefined
  if (initramfs) console.log(`### playbooks/initramfs.yml --check, prepared hosts of the lab\n\n${initramfs.table}\n`)
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ samples, initramfs: initramfs?.samples }, undefined, 1)}\n`)
  }
}

async function main(): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Error(`ended by ${signal}; everything was taken away again`)))
  }
  try {
    const options = parseOptions(process.argv.slice(2), at('../dist/upgrade-push.mjs'))
    if (options === 'help') {
      console.log(USAGE)
      return 0
    }
    if (!existsSync(options.cli)) throw new Error(`${options.cli} is not there: npm run build`)
    await bench(options, stop.signal)
    return 0
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`)
    return 1
  }
}

process.exitCode = await main()
