import type { CpuAccount } from './cpu-account.ts'
import { startFleet } from './fleet.ts'
import { measure } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { faultOf, makePayload } from './payload.ts'
import { RTTS, startProxy } from './proxy.ts'
import type { Outcome, Sample } from './sample.ts'
import { PROXY_PORT, planSite, type Site, SSH_PORT, wipe } from './site.ts'
import type { Tool } from './tools/tool.ts'
import { TOOLS } from './tools.ts'
import { AGAIN, AGAIN_BIG, FRESH, FRESH_BIG, TRUE, type Workload } from './workload.ts'

/** A program of its own, run in seclusion: node inside.ts SCRATCH OPTIONS. Prints the outcome as JSON on stdout, its progress on stderr. */

/** As in the reference's round trip table. */
const RTT_HOSTS = 4
const LIMIT_SECONDS = 1800

interface Bench {
  readonly site: Site
  readonly fleet: CpuAccount
  readonly options: BenchOptions
  readonly tools: readonly Tool[]
  readonly samples: Sample[]
}

async function cell(bench: Bench, tool: Tool, workload: Workload, count: number, rttMs: number): Promise<void> {
  const { site, fleet, options, samples } = bench
  const hosts = site.hosts.slice(0, count)
  if (workload.fresh) wipe(hosts)
  const port = rttMs > 0 ? PROXY_PORT : SSH_PORT
  const command = tool.command({ site, workload, hosts, port, forks: options.forks, cli: options.cli })
  const measured = await measure(command, { scratch: site.scratch, fleet, limitSeconds: LIMIT_SECONDS })
  const fault =
    workload.kind === 'prepare' ? hosts.map((host) => faultOf(site, host, workload.big)).find(Boolean) : undefined
  if (fault) throw new Error(`${tool.name} did not do its work: ${fault}`)
  samples.push({ tool: tool.name, workload: workload.name, hosts: count, rttMs, ...measured })
  const cpu = ((measured.clientSeconds / count) * 1000).toFixed(1)
  const delay = rttMs > 0 ? `, ${rttMs} ms away` : ''
  process.stderr.write(
    `${tool.name}, ${workload.name}, ${count} hosts${delay}: ${cpu} ms CPU per host, ${measured.wallSeconds.toFixed(2)} s\n`,
  )
}

/** Every run takes each tool in turn, so that a busy quarter of an hour hits all of them. */
async function interleaved(
  bench: Bench,
  workloads: readonly Workload[],
  { hosts, runs, rttMs }: { hosts: number; runs: number; rttMs: number },
): Promise<void> {
  for (let run = 0; run < runs; run++) {
    for (const tool of bench.tools) {
      if (tool.slow && (run > 0 || hosts > bench.options.slowUpTo)) continue
      for (const workload of workloads) await cell(bench, tool, workload, hosts, rttMs)
    }
  }
}

async function main(scratch: string, options: BenchOptions): Promise<Outcome> {
  const wanted = TOOLS.filter(({ name }) => options.tools.includes(name))
  const missing = wanted.flatMap((tool) => tool.missing() ?? [])
  const tools = wanted.filter((tool) => tool.missing() === undefined)
  const site = planSite(scratch, Math.max(...options.sizes, RTT_HOSTS))
  makePayload(site, options.big)
  const fleet = await startFleet(site)
  const samples: Sample[] = []
  const bench: Bench = { site, fleet, options, tools, samples }
  const { runs, sizes } = options
  for (const hosts of sizes) await interleaved(bench, [FRESH, AGAIN, TRUE], { hosts, runs, rttMs: 0 })
  if (options.big) await interleaved(bench, [FRESH_BIG, AGAIN_BIG], { hosts: Math.min(...sizes), runs, rttMs: 0 })
  for (const rttMs of options.roundTrips ? RTTS : []) {
    const proxy = await startProxy(rttMs, ['0.0.0.0'])
    await interleaved(bench, [FRESH, AGAIN, TRUE], { hosts: RTT_HOSTS, runs, rttMs })
    await proxy.stop()
  }
  return { samples, missing }
}

const [, , scratch = '', options = ''] = process.argv
try {
  process.stdout.write(JSON.stringify(await main(scratch, JSON.parse(options) as BenchOptions)))
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`)
  process.exitCode = 1
}
// The fleet's sshd is a child: it ends with the namespace.
process.exit()
