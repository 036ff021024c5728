import { UserError } from '../../diagnostics/diagnostic.ts'
import { EXIT } from '../../events/outcome.ts'
import type { RunEvent } from '../../events/types.ts'
import { SafeOutput } from '../../render/safe-output.ts'
import { outputForm } from '../output-form.ts'
import { findRun } from './find-run.ts'
import type { OutputWord } from './flags.ts'
import { followJournal } from './follow.ts'
import { RehearsedClock } from './rehearsed-clock.ts'
import { remotePort } from './remote-port.ts'
import { allRuns, dirOf, journalOf } from './run-files.ts'
import { type RunSummary, summarise } from './summary.ts'
import { openView } from './view.ts'

export interface WatchArguments {
  readonly run?: string | undefined
  readonly output: OutputWord
  readonly verbose: number
}

/**
 * `upgrade-push watch`: what a run that another process drives has done and does, until it ends. The exit code is the run's own, or 99 when
 * its process ended without an end. Ctrl-C ends the watching; the run goes on. Throws UserError.
 */
export async function watchRun(args: WatchArguments): Promise<number> {
  const form = outputForm(args, process)
  const run = findRun(args.run, allRuns())
  requireRunning(run)
  const out = new SafeOutput(process.stdout)
  let last: RunEvent | undefined
  // A line of this display only: the run's journal does not have it.
  const told = (message: string) => last && view.sink({ ...stampOf(last), type: 'warning', message })
  const goesOn = () => summarise(run).condition === 'running'
  const screen = { attached: { goesOn }, control: remotePort(dirOf(run), run, told) }
  const summary = summarise(run)
  const clock = summary.rehearsal === undefined ? undefined : new RehearsedClock(summary.speed ?? 0)
  const pace = clock && Math.max(1, clock.speed)
  const view = await openView({ summary, form, out, verbose: args.verbose, now: clock?.now, pace, screen })
  let left = false
  void view.ended?.then(() => {
    left = true
  })
  const over = () => left || out.closed || !goesOn()
  for await (const event of followJournal(journalOf(run), over)) {
    if (left || out.closed) break
    last = event
    clock?.reach(event)
    view.sink(event)
    await out.drained()
  }
  const finished = last?.type === 'run_finished' ? last : undefined
  if (finished) await view.ended
  // Closing ends the view as leaving does.
  const wasLeft = left
  view.close()
  await out.flush()
  if (finished) return finished.exitCode
  if (wasLeft || out.closed) return EXIT.done
  process.stderr.write(`The process of run ${run} ended without the run's end. ${whatNext(summarise(run))}\n`)
  return EXIT.aborted
}

/** A rehearsal has nothing to continue: no host holds anything of it. */
function whatNext({ run, rehearsal }: RunSummary): string {
  return rehearsal === undefined
    ? `Continue it with: upgrade-push resume ${run}`
    : `It was a rehearsal; look at it with: upgrade-push runs show ${run}`
}

function stampOf({ v, seq, t, run }: RunEvent) {
  return { v, seq, t, run }
}

function requireRunning(run: string): void {
  const { condition, controller, problem, rehearsal, command } = summarise(run)
  if (condition === 'running') return
  if (condition === 'elsewhere') {
    throw new UserError({ message: `run ${run} is driven by ${controller}`, hint: 'watch it there' })
  }
  if (condition === 'unreadable') throw new UserError(`run ${run} can't be read: ${problem}`)
  const more =
    condition === 'cut off' && rehearsal === undefined && command !== undefined
      ? `continue it with: upgrade-push resume ${run}; `
      : ''
  throw new UserError({
    message: `run ${run} is not under way: it ${condition === 'cut off' ? 'was cut off' : `ended as ${condition}`}`,
    hint: `${more}look at it with: upgrade-push runs show ${run}`,
  })
}
