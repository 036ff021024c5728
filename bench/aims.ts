import { BIG_BYTES } from './payload.ts'
import { markdown, perHost, roundTrips, wall } from './report.ts'
import { median, type Sample } from './sample.ts'
import { FRESH, FRESH_BIG } from './workload.ts'

/** The aims that the project holds itself to, as far as these samples can tell, with what was measured. */
export function aimsTable(samples: readonly Sample[]): string {
  const ours = (pick: (sample: Sample) => number, hosts: number) => figure(samples, 'upgrade-push', hosts, pick)
  const against = (tool: string, pick: (sample: Sample) => number, hosts: number) => {
    const [own, other] = [ours(pick, hosts), figure(samples, tool, hosts, pick)]
    return own === undefined || other === undefined ? undefined : other / own
  }
  const rows = [
    row('controller CPU per host, 50 fresh hosts', ours(perHost, 50), { most: 15, unit: 'ms' }),
    row('plain ssh takes as long, 50 hosts', against('plain-ssh', wall, 50), { least: 1, unit: 'times' }),
    row('ansible takes as much CPU, 50 hosts', against('ansible', perHost, 50), { least: 50, unit: 'times' }),
    row('round trips, fresh hosts', roundTrips(samples, 'upgrade-push', FRESH.name), { most: 11, unit: '' }),
    row(
      'peak memory, 200 hosts',
      ours(({ peakBytes }) => peakBytes / 1e6, 200),
      { most: 150, unit: 'MB' },
    ),
    row('CPU per uploaded MB', uploadCost(samples), { most: 2.5, unit: 'ms' }),
  ]
  return markdown(
    ['aim', 'wanted', 'measured', ''],
    rows.flatMap((one) => (one ? [one] : [])),
  )
}

type Bound = { readonly unit: string } & ({ readonly most: number } | { readonly least: number })

function row(what: string, measured: number | undefined, bound: Bound): string[] | undefined {
  if (measured === undefined) return undefined
  const met = 'most' in bound ? measured <= bound.most : measured >= bound.least
  const wanted = 'most' in bound ? `at most ${bound.most}` : `at least ${bound.least}`
  return [what, `${wanted} ${bound.unit}`.trim(), `${measured.toFixed(1)} ${bound.unit}`.trim(), met ? 'met' : 'MISSED']
}

function figure(
  samples: readonly Sample[],
  tool: string,
  hosts: number,
  pick: (sample: Sample) => number,
): number | undefined {
  const own = samples.filter(
    (sample) => sample.tool === tool && sample.hosts === hosts && sample.workload === FRESH.name && sample.rttMs === 0,
  )
  return own.length === 0 ? undefined : median(own.map(pick))
}

/** What the big file adds to the same work, milliseconds of CPU per MB. */
function uploadCost(samples: readonly Sample[]): number | undefined {
  const own = samples.filter(({ tool, rttMs }) => tool === 'upgrade-push' && rttMs === 0)
  const big = own.filter(({ workload }) => workload === FRESH_BIG.name)
  const small = own.filter(({ workload, hosts }) => workload === FRESH.name && hosts === big[0]?.hosts)
  if (big.length === 0 || small.length === 0) return undefined
  return (median(big.map(perHost)) - median(small.map(perHost))) / (BIG_BYTES / 1e6)
}
