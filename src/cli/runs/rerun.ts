import { counted } from '../../diagnostics/counted.ts'
import { UserError } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { recap } from '../../events/recap.ts'
import type { Counts } from '../../events/types.ts'
import { visible } from '../../events/visible.ts'
import type { Inventory } from '../../inventory/types.ts'
import { findRun } from './find-run.ts'
import { stateOf } from './progress-of.ts'
import { allRuns, journalOf } from './run-files.ts'
import { summarise } from './summary.ts'

/**
 * What a host had to be for `--rerun`: failed includes refused and overdue ones, changed those of a check that would have been, not-done all that
 * `runs` counts so.
 */
const KINDS: { readonly [kind: string]: (counts: Counts) => boolean } = {
  failed: ({ failed, overdue = 0 }) => failed > 0 || overdue > 0,
  unreachable: ({ unreachable }) => unreachable > 0,
  changed: ({ changed }) => changed > 0,
  'left-out': ({ leftOut = 0 }) => leftOut > 0,
  'not-done': ({ stopped = 0, notBegun = 0, leftOut = 0 }) => stopped + notBegun + leftOut > 0,
}

/** How many hosts an error names. */
const NAMED = 10

export interface Rerun {
  /** The run that was meant. */
  readonly of: string
  readonly hosts: ReadonlySet<string>
}

/** What hosts were in a rehearsal says nothing of them: only another rehearsal may go by it. Throws UserError. */
function refuseRehearsed(run: string, rehearse: boolean): void {
  if (rehearse || summarise(run).rehearsal === undefined) return
  throw new UserError({
    message: `--rerun: run ${run} was a rehearsal, in which no host was touched`,
    hint: 'name a real run, or add --rehearse',
  })
}

/**
 * The hosts of `--rerun WHAT RUN`, less those that `--limit` does not name. WHAT: one of KINDS, or several with commas. Throws
 * UserError when none is left, and when one of them is not in the inventory any more.
 */
export async function rerunHosts(
  [what, word]: readonly [string, string],
  inventory: Pick<Inventory, 'hosts'>,
  limit: ReadonlySet<string> | undefined,
  rehearse: boolean,
): Promise<Rerun> {
  const matches = matcher(what)
  const of = findRun(word, allRuns())
  refuseRehearsed(of, rehearse)
  const ended = Object.entries(recap(await stateOf(journalOf(of))))
  const chosen = ended.flatMap(([host, counts]) => (matches(counts) ? [host] : []))
  if (chosen.length === 0) {
    throw new UserError({
      message: `--rerun: run ${of} has no host that is ${what.replaceAll(',', ' or ')}`,
      hint: 'an empty selection does not mean all hosts',
    })
  }
  const lost = chosen.filter((host) => !inventory.hosts.has(host))
  if (lost.length > 0) {
    const more = lost.length > NAMED ? ` and ${lost.length - NAMED} more` : ''
    const names = lost.slice(0, NAMED).map((host) => visible(host, 100))
    throw new UserError({
      message: `--rerun: not in the inventory any more: ${names.join(', ')}${more}`,
      hint: 'give the inventory that the run had, or name the hosts with --limit instead',
    })
  }
  const left = limit ? chosen.filter((host) => limit.has(host)) : chosen
  if (left.length > 0) return { of, hosts: new Set(left) }
  throw new UserError({
    message: `--rerun: of the ${counted(chosen.length, 'host')} that ${chosen.length === 1 ? 'is' : 'are'} ${what} in run ${of} the limit leaves none`,
    hint: 'an empty selection does not mean all hosts',
  })
}

/** The words with the run's id instead of `last` or a part of it: what they mean must not change with later runs. */
export function pinned(args: readonly string[], rerun: Rerun | undefined): readonly string[] {
  if (!rerun) return args
  return args.map((word, index) => {
    const named = args[index - 2] === '--rerun' || args[index - 1]?.startsWith('--rerun=')
    return named ? rerun.of : word
  })
}

function matcher(what: string): (counts: Counts) => boolean {
  const tests = what.split(',').map((kind) => {
    const test = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (test) return test
    throw new UserError(
      { message: `--rerun: "${kind}" is no result of a host`, hint: didYouMean(kind, Object.keys(KINDS)) },
      'usage',
    )
  })
  return (counts) => tests.some((test) => test(counts))
}
