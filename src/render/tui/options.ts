import type { ControlPort } from '../../events/commands.ts'
import type { Renderer } from '../output.ts'

export interface ScreenOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly env: { readonly [name: string]: string | undefined }
  /** The way back to the run; without it the screen only shows. */
  readonly control?: ControlPort | undefined
  /** The command that does this again. */
  readonly reproduce: string
  /** The command that continues this run; undefined for a rehearsal, which nothing continues. */
  readonly resume: string | undefined
  /** Every frame says that no host is touched. */
  readonly rehearsal?: boolean | undefined
  /** A journal is shown, that many times as fast as it was written; leaving does nothing to any run. `end`: what became of the run. */
  readonly replay?: { readonly speed: number; readonly end: string } | undefined
  /** Another process drives the run: leaving, also by Ctrl-C, does nothing to it. `goesOn`: whether that process still does. */
  readonly attached?: { readonly goesOn: () => boolean } | undefined
  /** Milliseconds since 1970; a test's clock. */
  readonly now?: (() => number) | undefined
  /** How many times as fast as the reader's own the clock of the events goes: 1, or in a replay its speed. */
  readonly pace?: number | undefined
}

export interface Screen extends Renderer {
  /** Resolves when the screen may be closed: the run has ended and nobody looks any more, or the operator left, or the terminal is gone. */
  readonly ended: Promise<void>
}
