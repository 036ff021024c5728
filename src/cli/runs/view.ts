import { argv } from '../../remote/quote.ts'
import { wantsColor } from '../../render/color.ts'
import { createJsonRenderer } from '../../render/json.ts'
import type { Renderer } from '../../render/output.ts'
import { createPlainRenderer } from '../../render/plain.ts'
import { rehearsalOutput } from '../../render/rehearsal-output.ts'
import type { SafeOutput } from '../../render/safe-output.ts'
import type { ScreenOptions } from '../../render/tui/options.ts'
import type { outputForm } from '../output-form.ts'
import type { RunSummary } from './summary.ts'

/** What shows a run that is looked at again, or from elsewhere. */
export interface View extends Renderer {
  /** What the timer of a run that is shown again does. */
  tick(): void
  /** Somebody looks until then, also when nothing more comes; without it the view needs nobody. */
  readonly ended?: Promise<void>
}

export interface ViewInput {
  readonly summary: RunSummary
  readonly form: ReturnType<typeof outputForm>
  readonly out: SafeOutput
  readonly verbose: number
  /** The clock of the run, where that is not the real one. */
  readonly now?: (() => number) | undefined
  /** How many times as fast as the reader's own that clock goes: 1. */
  readonly pace?: number | undefined
  /** What the screen is to know of this way of looking. */
  readonly screen: Pick<ScreenOptions, 'control' | 'replay' | 'attached'>
}

/** Opens the view. The screen's library is loaded only for the screen. */
export async function openView({ summary, form, out, verbose, now, pace, screen }: ViewInput): Promise<View> {
  const tick = () => {}
  const clock = now && { now }
  if (form === 'json') return { ...createJsonRenderer(out), tick }
  if (form === 'plain') {
    return createPlainRenderer({
      out: summary.rehearsal === undefined ? out : rehearsalOutput(out),
      color: wantsColor(out, process.env),
      verbosity: verbose,
      ...clock,
      ...(pace !== undefined && { pace }),
    })
  }
  const { openScreen } = await import('../../render/tui/screen.ts')
  const reproduce = argv(['upgrade-push', ...(summary.command?.args ?? [])])
  const shown = await openScreen({
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    reproduce,
    // A rehearsal can't be resumed, only done again.
    resume: summary.rehearsal === undefined ? `upgrade-push resume ${summary.run}` : undefined,
    rehearsal: summary.rehearsal !== undefined,
    ...screen,
    ...clock,
    pace,
  })
  return { sink: shown.sink, close: () => shown.close(), ended: shown.ended, tick }
}
