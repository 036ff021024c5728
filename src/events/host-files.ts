import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logName } from './host-logs.ts'
import type { Redactor } from './redactor.ts'
import { visibleLines } from './visible.ts'

/** 4 MiB: what a host may have us keep under one name. */
const MAX_CHARACTERS = 4 * 1024 * 1024

/**
 * What hosts have written, kept as files of the run beside their logs: `hosts/<host>.<name>` (0600). Secrets are hidden and control
 * characters escaped, as in a log. Of a longer text the end is kept.
 */
export class HostFiles {
  readonly #dir: string
  readonly #redactor: Pick<Redactor, 'text'>
  readonly #onError: (host: string, error: Error) => void

  /** `dir` is the `hosts` directory of a run. What can't be written is left out, and `onError` hears of it. */
  constructor(
    dir: string,
    options: { redactor: Pick<Redactor, 'text'>; onError: (host: string, error: Error) => void },
  ) {
    this.#dir = dir
    this.#redactor = options.redactor
    this.#onError = options.onError
  }

  /** In place of what was kept under that name before. Returns the file's path; undefined where it could not be written. */
  keep(host: string, name: string, text: string): string | undefined {
    const path = join(this.#dir, `${logName(host)}.${name}`)
    const cut = text.length > MAX_CHARACTERS
    const kept = this.#redactor.text(cut ? text.slice(-MAX_CHARACTERS) : text)
    const lines = [
      ...(cut ? [`(the last ${MAX_CHARACTERS} of ${text.length} characters)`] : []),
      ...visibleLines(kept, 8000),
    ]
    try {
      writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
    } catch (error) {
      this.#onError(host, error as Error)
      return undefined
    }
    return path
  }
}
