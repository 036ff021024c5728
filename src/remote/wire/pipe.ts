import type { Readable, Writable } from 'node:stream'

/** A running command on a host: what an SSH exec channel and a local child process have in common. */
export interface Pipe {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once nothing more can come. `code` is null when the command was killed or the link died. */
  readonly closed: Promise<{ readonly code: number | null }>
  /** Gives the command up at once. */
  destroy(): void
}
