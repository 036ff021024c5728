import { readdirSync, readFileSync } from 'node:fs'

/** A process and all below it that live now. */
export function descendants(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)]
  return below(root)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

/** Memory that processes hold, in bytes, what they share counted once (PSS). Those that end meanwhile count for nothing. */
export function proportionalMemory(pids: readonly number[]): number {
  let kibibytes = 0
  for (const pid of pids) {
    try {
      kibibytes += Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0)
    } catch {
      // It has ended.
    }
  }
  return kibibytes * 1024
}

/** CPU seconds of the whole machine since it started, without waiting and idling. */
export function machineSeconds(): number {
  const [total = ''] = readFileSync('/proc/stat', 'latin1').split('\n', 1)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = total.split(/ +/).slice(1).map(Number)
  return (user + nice + system + irq + softirq) / 100
}
