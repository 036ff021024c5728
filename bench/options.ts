import { parseArgs } from 'node:util'
import { TOOL_NAMES } from './tools.ts'

export interface BenchOptions {
  readonly sizes: readonly number[]
  readonly runs: number
  readonly tools: readonly string[]
  readonly forks: number
  /** Tools that take over a second per host are run once, and only up to so many hosts. */
  readonly slowUpTo: number
  readonly big: boolean
  readonly roundTrips: boolean
  readonly initramfs: boolean
  /** Build of upgrade-push to measure. */
  readonly cli: string
  readonly json: string | undefined
}

export const USAGE = `npm run bench [-- options]

  --sizes 10,50,200   numbers of hosts
  --runs 3            runs of each cell, interleaved; the medians are shown
  --tools ${TOOL_NAMES.join(',')}
  --forks 32          hosts worked on at a time, the same for every tool
  --slow-up-to 50     ansible and pyinfra run once, and only up to so many hosts
  --big               also with the 40 MiB file, at the smallest size
  --no-round-trips    leave the delaying proxy out
  --no-initramfs      leave the lab's fleet and playbooks/initramfs.yml out
  --quick             10 hosts, one run, no round trips, no initramfs
  --cli FILE          measure another build of upgrade-push (default: dist/upgrade-push.mjs)
  --json FILE         every single measurement
`

/** Reads the command line. Throws Error with one line for whatever is wrong. */
export function parseOptions(args: readonly string[], defaultCli: string): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string' },
      runs: { type: 'string' },
      tools: { type: 'string', default: TOOL_NAMES.join(',') },
      forks: { type: 'string', default: '32' },
      'slow-up-to': { type: 'string', default: '50' },
      big: { type: 'boolean', default: false },
      'no-round-trips': { type: 'boolean', default: false },
      'no-initramfs': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      cli: { type: 'string', default: defaultCli },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const tools = values.tools.split(',').filter((name) => name !== '')
  const unknown = tools.find((name) => !TOOL_NAMES.includes(name))
  if (unknown !== undefined) throw new Error(`--tools: "${unknown}" is none of ${TOOL_NAMES.join(', ')}`)
  const sizes = (values.sizes ?? (values.quick ? '10' : '10,50,200')).split(',')
  return {
    sizes: sizes.map((size) => count('--sizes', size, 1000)),
    runs: count('--runs', values.runs ?? (values.quick ? '1' : '3'), 100),
    tools,
    forks: count('--forks', values.forks, 1000),
    slowUpTo: count('--slow-up-to', values['slow-up-to'], 1000),
    big: values.big,
    roundTrips: !values.quick && !values['no-round-trips'],
    initramfs: !values.quick && !values['no-initramfs'],
    cli: values.cli,
    json: values.json,
  }
}

function count(flag: string, text: string, most: number): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new Error(`${flag}: "${text}" is no whole number from 1 to ${most}`)
  }
  return number
}
