import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { markdown } from './report.ts'
import { median } from './sample.ts'
import { inSeclusion } from './seclusion.ts'
import type { ShareOptions, ShareSample, View } from './share-sample.ts'

// What the screen adds to a run's CPU, on real SSH servers that a long step keeps busy: `npm run bench:screen-share [HOSTS [SECONDS]]`.

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function main(): Promise<void> {
  const [hosts = 100, beats = 120] = process.argv.slice(2).map(Number)
  const options: ShareOptions = { hosts, beats, runs: 3, cli: at('../dist/upgrade-push.mjs') }
  if (!(hosts >= 1 && beats >= 1)) throw new Error('HOSTS and SECONDS are numbers from 1 on')
  if (!existsSync(options.cli)) throw new Error(`${options.cli} is not there: npm run build`)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Error(`ended by ${signal}; everything was taken away again`)))
  }
  const samples = JSON.parse(await inSeclusion(at('share.ts'), options, stop.signal)) as ShareSample[]
  const of = (view: View) => median(samples.filter((one) => one.view === view).map((one) => one.cpuSeconds))
  const [plain, screen] = [of('plain'), of('screen')]
  const row = [hosts, beats, plain.toFixed(2), screen.toFixed(2), `${(((screen - plain) / screen) * 100).toFixed(1)} %`]
  console.log(markdown(['hosts', 'seconds', 'plain, CPU s', 'screen, CPU s', "screen's share"], [row.map(String)]))
}

try {
  await main()
} catch (error) {
  console.error(`bench: ${(error as Error).message}`)
  process.exitCode = 1
}
