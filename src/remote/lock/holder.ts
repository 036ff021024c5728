import { readFileSync } from 'node:fs'
import type { LockOwner } from '../types.ts'

/** What the lock file of a host says. */
export interface LockHolder {
  readonly token: number
  readonly run: string
  readonly who: string
  /** ISO 8601, controller's clock. */
  readonly since: string
  readonly bootId: string
  readonly pid: number
  readonly startTime: string
}

/** This process, told apart from any other on this machine since it exists. */
export function processIdentity(): LockOwner['process'] {
  return { bootId: bootId(), pid: process.pid, startTime: startTime(process.pid) ?? '' }
}

/** The lock file's text behind its first line, `token=N`. */
export function formatHolder({ run, who, process }: LockOwner, since: string): string {
  const fields = { run, who, since, boot: process.bootId, pid: process.pid, start: process.startTime }
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${String(value).replace(/[^\x20-\x7e]/g, '?')}\n`)
    .join('')
}

/** Reads a lock file; undefined when there is none. A damaged one still counts as held, by somebody unknown. */
export function parseHolder(text: string): LockHolder | undefined {
  if (text.trim() === '') return undefined
  const fields = new Map(text.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]))
  const get = (name: string) => fields.get(name) ?? ''
  const token = Number(get('token'))
  return {
    token: Number.isSafeInteger(token) && token > 0 ? token : 0,
    run: get('run') || 'unknown',
    who: get('who') || 'unknown',
    since: get('since') || 'unknown',
    bootId: get('boot'),
    pid: Number(get('pid')) || 0,
    startTime: get('start'),
  }
}

/**
 * Whether the run that holds a lock is certainly gone: it ran on this very controller (same host name in `who`), which was booted since,
 * or has no such process any more. Of another controller's runs nothing is known, so they count as alive.
 */
export function isDead(holder: LockHolder, who: string): boolean {
  if (controller(holder.who) !== controller(who) || holder.bootId === '' || holder.pid === 0) return false
  return isGone(holder)
}

/** Whether a process of this machine has ended, by a reboot or by itself; another one that got its number is not it. */
export function isGone(process: LockOwner['process']): boolean {
  return process.bootId !== bootId() || startTime(process.pid) !== process.startTime
}

function controller(who: string): string {
  return who.slice(who.lastIndexOf('@') + 1)
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Clock ticks since boot, field 22 of /proc/PID/stat; undefined when there is no such process. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
