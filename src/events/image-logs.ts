import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeptLog, LogPart } from '../tasks/contract.ts'
import { logName } from './host-logs.ts'
import type { Redactor } from './redactor.ts'
import { visible, visibleLines } from './visible.ts'

/** 1 MiB for each part, however many characters had to be escaped in it. */
const MAX_BYTES = 1024 * 1024

/**
 * What the upgrade image of each host logged, in `image-logs/<name>.log` of a run (0600), made harmless and without secrets as the host's
 * own log is. A folder of its own: a host may be called `web1.image`.
 */
export class ImageLogs {
  readonly #dir: string
  readonly #redactor: Pick<Redactor, 'text'>
  readonly #max: number

  /** `dir` is the directory of the run. */
  constructor(dir: string, redactor: Pick<Redactor, 'text'>, options: { maxBytes?: number } = {}) {
    this.#dir = join(dir, 'image-logs')
    this.#redactor = redactor
    this.#max = options.maxBytes ?? MAX_BYTES
  }

  /** Takes the place of what was kept of this host before. A disk that fails costs this log, not the run. */
  async keep(host: string, parts: readonly LogPart[]): Promise<KeptLog> {
    const path = join(this.#dir, `${logName(host)}.log`)
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 })
      const file = await open(`${path}.new`, 'w', 0o600)
      try {
        for (const part of parts) await file.write(this.#shown(part))
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
      return { path }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
      await rm(`${path}.new`, { force: true }).catch(() => {})
      return { missing: `it can't be written: ${(error as Error).message}` }
    }
  }

  #shown({ name, bytes, text, cut }: LogPart): string {
    const lines = visibleLines(this.#redactor.text(text), 8000)
    const kept: string[] = []
    let size = 0
    for (let i = lines.length - 1; i >= 0; i--) {
      const line = `${lines[i]}\n`
      size += Buffer.byteLength(line)
      if (size > this.#max) break
      kept.push(line)
    }
    const all = bytes === undefined ? '' : `, ${bytes} bytes in all`
    const less = cut || kept.length < lines.length ? `: its last lines${all}; what came before is on the host only` : ''
    return `==> ${visible(name)}${less} <==\n${kept.reverse().join('')}\n`
  }
}
