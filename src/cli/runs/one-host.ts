import type { RunEvent } from '../../events/types.ts'

/** A run as if it had had one host only: what tells of other hosts is left out, lists of hosts are cut to this one. */
export function onlyHost(event: RunEvent, host: string): RunEvent | undefined {
  const own = (hosts: readonly string[]) => hosts.filter((name) => name === host)
  switch (event.type) {
    case 'play_started':
    case 'batch_started':
    case 'task_started': {
      const hosts = own(event.hosts)
      return hosts.length === 0 ? undefined : { ...event, hosts }
    }
    case 'brake':
      return { ...event, remaining: own(event.remaining) }
    case 'run_finished':
      return { ...event, recap: Object.fromEntries(Object.entries(event.recap).filter(([name]) => name === host)) }
    default:
      return !('host' in event) || event.host === undefined || event.host === host ? event : undefined
  }
}
