import { UserError } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { EXIT } from '../../events/outcome.ts'
import { readJournal } from '../../events/read-journal.ts'
import { SafeOutput } from '../../render/safe-output.ts'
import { outputForm } from '../output-form.ts'
import { findRun } from './find-run.ts'
import type { OutputWord } from './flags.ts'
import { onlyHost } from './one-host.ts'
import { Pace } from './pace.ts'
import { allRuns, journalOf } from './run-files.ts'
import { parseSpeed } from './speed.ts'
import { type RunSummary, summarise } from './summary.ts'
import { openView } from './view.ts'

export interface ShowArguments {
  readonly run?: string | undefined
  readonly speed?: string | undefined
  readonly output: OutputWord
  readonly host?: string | undefined
  readonly verbose: number
}

/** `runs show`: a run from its journal, as it looked. Throws UserError. */
export async function showRun(args: ShowArguments): Promise<number> {
  const form = outputForm({ output: args.output, verbose: args.verbose }, process)
  const speed = args.speed === undefined ? (form === 'screen' ? 1 : Number.POSITIVE_INFINITY) : parseSpeed(args.speed)
  const run = findRun(args.run, allRuns())
  const path = journalOf(run)
  if (args.host !== undefined) await requireHost(args.host, run, path)
  const out = new SafeOutput(process.stdout)
  const left = new AbortController()
  const pace: Pace = new Pace(speed, { tick: () => view.tick(), signal: left.signal })
  const summary = summarise(run)
  const screen = { replay: { speed, end: endOf(summary) } }
  const view = await openView({ summary, form, out, verbose: args.verbose, now: pace.now, screen })
  void view.ended?.then(() => left.abort())
  for await (const event of readJournal(path)) {
    const shown = args.host === undefined ? event : onlyHost(event, args.host)
    await pace.reach(event)
    if (out.closed || left.signal.aborted) break
    if (shown) view.sink(shown)
    // A reader that is slower than the disk: what it has not taken must not pile up.
    await out.drained()
  }
  await view.ended
  view.close()
  await out.flush()
  const { condition, rehearsal, command, problem } = summarise(run)
  const lost = condition === 'cut off' && command === undefined
  const more = rehearsal === undefined ? (lost ? lostWords(problem) : AFTERWORD[condition]) : undefined
  if (more !== undefined) process.stderr.write(`${more.replaceAll('RUN', run)}\n`)
  return EXIT.done
}

/** How the run ended, for who leaves its replay before that is shown. */
function endOf({ condition }: RunSummary): string {
  if (condition === 'running') return 'the run goes on'
  if (condition === 'cut off') return 'the run was cut off before its end'
  return condition === 'elsewhere' ? 'the run has no end yet' : `the run ended as ${condition}`
}

/** What to do about a run that has no end. */
const AFTERWORD: { readonly [condition: string]: string } = {
  running: 'This run is under way; follow it with: upgrade-push watch RUN',
  'cut off': 'This run was cut off before its end; continue it with: upgrade-push resume RUN',
  elsewhere: 'This run has no end yet, and another controller drives it or did.',
}

/** Without the words that were typed nothing can be continued. */
function lostWords(problem = 'its journal does not say what was typed'): string {
  return `This run can't be continued, as ${problem}; start it again with its own command line: hosts go on at their own step all the same.`
}

/** Plays tell their hosts before anything else of them. */
async function requireHost(host: string, run: string, path: string): Promise<void> {
  const known = new Set<string>()
  for await (const event of readJournal(path)) {
    if (event.type !== 'play_started') continue
    for (const name of event.hosts) known.add(name)
    if (known.has(host)) return
  }
  throw new UserError({ message: `--host: run ${run} has no host "${host}"`, hint: didYouMean(host, known) })
}
