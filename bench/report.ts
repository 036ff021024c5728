import { median, type Sample } from './sample.ts'
import { AGAIN, AGAIN_BIG, FRESH, FRESH_BIG, TRUE } from './workload.ts'

const BASE = 'upgrade-push'
const WORKLOADS = [FRESH, AGAIN, TRUE, FRESH_BIG, AGAIN_BIG]

/** Markdown tables, one for each workload and size: medians, and ratios to upgrade-push. */
export function workTables(samples: readonly Sample[]): string[] {
  const near = samples.filter(({ rttMs }) => rttMs === 0)
  const sizes = [...new Set(near.map(({ hosts }) => hosts))]
  return sizes.flatMap((hosts) =>
    WORKLOADS.flatMap(({ name, title }) => {
      const rows = near.filter((sample) => sample.hosts === hosts && sample.workload === name)
      return rows.length === 0 ? [] : [`### ${name}: ${title}, ${hosts} hosts\n\n${workTable(rows)}`]
    }),
  )
}

const HEADS = [
  'tool',
  'runs',
  'CPU ms/host',
  'CPU ratio',
  'wall s',
  'wall ratio',
  'servers ms/host',
  'peak MB',
  'other load',
]

function workTable(samples: readonly Sample[]): string {
  const base = samples.filter(({ tool }) => tool === BASE)
  const rows = toolsOf(samples).map((tool) => {
    const own = samples.filter((sample) => sample.tool === tool)
    const of = (pick: (sample: Sample) => number) => median(own.map(pick))
    const ratio = (pick: (sample: Sample) => number) =>
      base.length === 0 ? '' : `x ${(of(pick) / median(base.map(pick))).toFixed(1)}`
    return [
      tool,
      String(own.length),
      of(perHost).toFixed(1),
      ratio(perHost),
      of(wall).toFixed(2),
      ratio(wall),
      of(({ serverSeconds, hosts }) => (serverSeconds / hosts) * 1000).toFixed(0),
      `${(Math.max(...own.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0)} (${Math.max(...own.map(({ peakProcesses }) => peakProcesses))} proc.)`,
      of(({ otherCores }) => otherCores).toFixed(1),
    ]
  })
  return markdown(HEADS, rows)
}

/** Round trips by tool and workload: how much a longer way prolongs a run, divided by how much longer it is. */
export function roundTripTable(samples: readonly Sample[]): string | undefined {
  const far = samples.filter(({ rttMs }) => rttMs > 0)
  if (far.length === 0) return undefined
  const workloads = [FRESH, AGAIN, TRUE].filter(({ name }) => far.some(({ workload }) => workload === name))
  const rows = toolsOf(far).map((tool) => [
    tool,
    ...workloads.map(({ name }) => roundTrips(samples, tool, name)?.toFixed(1) ?? ''),
  ])
  return markdown(['round trips', ...workloads.map(({ name, title }) => `${name} (${title})`)], rows)
}

export function roundTrips(samples: readonly Sample[], tool: string, workload: string): number | undefined {
  const own = samples.filter((sample) => sample.tool === tool && sample.workload === workload && sample.rttMs > 0)
  const delays = own.map(({ rttMs }) => rttMs)
  const [near, far] = [Math.min(...delays), Math.max(...delays)]
  if (!(far > near)) return undefined
  // The shortest of some runs: what disturbs a run only ever prolongs it.
  const seconds = (delay: number) => Math.min(...own.filter(({ rttMs }) => rttMs === delay).map(wall))
  return ((seconds(far) - seconds(near)) * 1000) / (far - near)
}

/** Controller CPU per host, milliseconds. */
export function perHost({ clientSeconds, hosts }: Sample): number {
  return (clientSeconds / hosts) * 1000
}

export function wall({ wallSeconds }: Sample): number {
  return wallSeconds
}

export function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

function toolsOf(samples: readonly Sample[]): string[] {
  return [...new Set(samples.map(({ tool }) => tool))]
}
