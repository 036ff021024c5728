import type { HostPlan, Room } from './host-plan.ts'

/** For each place where room is needed: how much, and the host where it is tightest. */
export function roomLines(plans: readonly HostPlan[]): string[] {
  const tightest = new Map<string, Room & { host: string; hosts: number }>()
  for (const { host, pending, rooms } of plans) {
    if (pending.length === 0) continue
    for (const room of rooms.values()) {
      const known = tightest.get(room.mount)
      const hosts = (known?.hosts ?? 0) + 1
      const tighter = !known || room.free - room.need < known.free - known.need
      tightest.set(room.mount, tighter ? { ...room, host, hosts } : { ...known, hosts })
    }
  }
  return [...tightest.values()].map(
    ({ mount, need, free, host, hosts }) =>
      `Space: ${mount} needs ${mib(need)}, ${mib(free)} free${hosts > 1 ? ` where it is tightest (${host})` : ''}`,
  )
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`
}
