import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Set in the environment of every process that a fleet starts, so that even an unrecorded one is found again. */
export const MARKER = 'UPGRADE_PUSH_LAB'

function fields(pid: number): string[] | undefined {
  try {
    // The command's name may hold spaces and brackets; what follows its last bracket is plain.
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return undefined
  }
}

/** When a process started, in clock ticks since boot: with the pid it names one process for ever. Undefined: it has ended. */
export function startTime(pid: number): string | undefined {
  const stat = fields(pid)
  return stat && stat[0] !== 'Z' ? stat[19] : undefined
}

/** Every process on the machine, as far as /proc shows them. */
export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** Living processes that a fleet with this run folder started. */
export function markedPids(runDir: string): number[] {
  return allPids().filter((pid) => {
    try {
      return (
        startTime(pid) !== undefined &&
        readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${MARKER}=${runDir}`)
      )
    } catch {
      return false
    }
  })
}

/** The PID namespace that a process lives in, or undefined when it has ended or hides it. */
export function pidNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

/** Living processes in any of these PID namespaces; unlike an environment, a namespace is known until the very end. */
export function pidsIn(namespaces: ReadonlySet<string>): number[] {
  return allPids().filter((pid) => {
    const namespace = pidNamespace(pid)
    return namespace !== undefined && namespaces.has(namespace) && startTime(pid) !== undefined
  })
}

/** Sends a signal; a process that has ended meanwhile is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Polls `condition` until it returns something, at most `seconds`.
 *
 * @throws Error naming `what` when time is up.
 */
export async function until<T>(
  what: string,
  seconds: number,
  condition: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const value = await condition()
    if (value !== undefined) return value
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`)
    await sleep(20)
  }
}
