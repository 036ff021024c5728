import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PhaseReport } from '../tasks/contract.ts'
import type { HostResult, RunEvent } from './types.ts'
import { visibleLines } from './visible.ts'

/** 16 MiB for a host and run. */
const MAX_BYTES = 16 * 1024 * 1024
const FLUSH_AT = 64 * 1024
const FLUSH_MS = 500

interface HostLog {
  lines: string[]
  pending: number
  total: number
  full: boolean
}

/**
 * The raw log of each host: every line that long steps and commands said, with its time, in `hosts/<name>.log` (0600).
 * Control characters are escaped, so that reading a log can't drive a terminal. Bounded: a host that babbles fills its own log only.
 */
export class HostLogs {
  readonly #dir: string
  readonly #max: number
  readonly #onError: (error: Error) => void
  readonly #logs = new Map<string, HostLog>()
  #timer: NodeJS.Timeout | undefined
  #broken = false

  /** `dir` is the `hosts` directory of a run. A disk that fails ends the logs, not the run; `onError` hears of it once. */
  constructor(dir: string, options: { maxBytes?: number; onError?: (error: Error) => void } = {}) {
    this.#dir = dir
    this.#max = options.maxBytes ?? MAX_BYTES
    this.#onError = options.onError ?? (() => {})
  }

  readonly sink = (event: RunEvent): void => {
    if (event.type === 'progress') this.#add(event.host, event.t, [`  ${event.line}`])
    else if (event.type === 'phase') this.#add(event.host, event.t, [phaseLine(event)])
    else if (event.type === 'intent') this.#add(event.host, event.t, [`-> ${event.task}: ${event.summary}`])
    else if (event.type === 'image_log') this.#add(event.host, event.t, [imageLogLine(event)])
    else if (event.type === 'host_steered') this.#add(event.host, event.t, [`-- ${event.message}`])
    else if (event.type === 'host_result') this.#add(event.host, event.t, resultLines(event))
    else if (event.type === 'run_finished') this.flush()
  }

  /** Writes what is buffered, now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [host, log] of this.#logs) this.#write(host, log)
  }

  #add(host: string, time: string, texts: readonly string[]): void {
    if (this.#broken) return
    let log = this.#logs.get(host)
    if (!log) {
      log = { lines: [], pending: 0, total: 0, full: false }
      this.#logs.set(host, log)
    }
    if (log.full) return
    for (const text of texts) {
      for (const line of visibleLines(text, 8000)) this.#line(log, `${time} ${line}\n`)
    }
    if (log.pending >= FLUSH_AT) this.#write(host, log)
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref()
  }

  #line(log: HostLog, line: string): void {
    if (log.full) return
    const size = Buffer.byteLength(line)
    const fits = log.total + size <= this.#max
    log.full = !fits
    log.lines.push(fits ? line : `(this log is full at ${this.#max} bytes; the rest is dropped)\n`)
    log.total += size
    log.pending += size
  }

  #write(host: string, log: HostLog): void {
    if (log.lines.length === 0 || this.#broken) return
    try {
      appendFileSync(join(this.#dir, `${logName(host)}.log`), log.lines.join(''), { mode: 0o600 })
    } catch (error) {
      this.#broken = true
      this.#onError(error as Error)
    }
    log.lines = []
    log.pending = 0
  }
}

/** Where the log of a host is, beside the journal of its run. */
export function hostLogPath(journal: string, host: string): string {
  return join(dirname(journal), 'hosts', `${logName(host)}.log`)
}

/** A file name that only this host has and that stays in its directory, whatever the inventory calls the host. */
export function logName(host: string): string {
  const safe = host.replace(/^\.|[^A-Za-z0-9._-]/g, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  if (safe.length > 0 && safe.length <= 200) return safe
  return `${safe.slice(0, 150)}-${createHash('sha256').update(host).digest('hex').slice(0, 16)}`
}

function phaseLine({ phase, state, n, of, seconds, text }: PhaseReport): string {
  const count = n === undefined ? '' : ` ${n}${of === undefined ? '' : `/${of}`}`
  return `  ${phase} ${state}, ${Math.round(seconds)} s${count}${text === undefined ? '' : `: ${text}`}`
}

function imageLogLine({ path, missing }: Extract<RunEvent, { type: 'image_log' }>): string {
  return path === undefined
    ? `  the log of the upgrade image is not kept here: ${missing}`
    : `  the log of the upgrade image: ${path}`
}

function resultLines(event: HostResult): string[] {
  const item = event.item ? ` (item=${event.item.label})` : ''
  const lines = [`<- ${event.status}${item}${event.message ? `: ${event.message}` : ''}`]
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = event.result?.[stream]
    if (typeof text === 'string' && text !== '') lines.push(`[${stream}]`, text)
  }
  return lines
}
