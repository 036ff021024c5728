import type { ControlPort } from '../events/commands.ts'
import { wantsColor } from '../render/color.ts'
import { createJsonRenderer } from '../render/json.ts'
import type { Renderer } from '../render/output.ts'
import { createPlainRenderer } from '../render/plain.ts'
import { rehearsalOutput } from '../render/rehearsal-output.ts'
import type { SafeOutput } from '../render/safe-output.ts'
import type { RunOptions } from './options.ts'
import type { outputForm } from './output-form.ts'
import type { Rehearsal } from './rehearsal/open.ts'

export interface RendererInput {
  readonly options: RunOptions
  readonly form: ReturnType<typeof outputForm>
  readonly out: SafeOutput
  readonly rehearsal: Rehearsal | undefined
  readonly control?: ControlPort | undefined
  /** The command that does this again. */
  readonly reproduce: string
  /** The one that continues it; undefined for a rehearsal. */
  readonly resume: string | undefined
}

/** What shows the run, in the form that was asked for. `ended`, where there is one: somebody may still look when the run is over. */
export async function openRenderer(input: RendererInput): Promise<Renderer & { readonly ended?: Promise<void> }> {
  const { options, form, out, rehearsal } = input
  if (form === 'json') return createJsonRenderer(out)
  if (form === 'plain') {
    return createPlainRenderer({
      ...(rehearsal ? { out: rehearsalOutput(out), now: rehearsal.shown, pace: rehearsal.speed } : { out }),
      color: wantsColor(out, process.env),
      verbosity: options.verbose,
    })
  }
  // Only now: no other output pays for the library that draws it.
  const { openScreen } = await import('../render/tui/screen.ts')
  const { control, reproduce, resume } = input
  return openScreen({
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    control,
    reproduce,
    resume,
    ...(rehearsal ? { rehearsal: true, now: simulatedClock(rehearsal), pace: rehearsal.speed } : {}),
  })
}

/** The time that its events are stamped with, moving on between two of them. */
function simulatedClock({ stamps, now, shown }: Rehearsal): () => number {
  const began = stamps.now().getTime() - now()
  return () => began + shown()
}
