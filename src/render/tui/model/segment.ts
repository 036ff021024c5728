import type { HostView } from './host.ts'

/**
 * Steps that the hosts of a batch go through before they meet again. At most `forks` hosts are at work, in the order of the list, so
 * it can be told which ones have begun before they report anything.
 */
export class Segment {
  readonly #hosts: readonly HostView[]
  readonly first: number
  last: number
  #next = 0

  constructor(step: number, hosts: readonly HostView[]) {
    this.first = step
    this.last = step
    this.#hosts = hosts
    for (const host of hosts) host.inSegment = true
  }

  /** Whether this step is one more of this segment: announced for the same hosts, before any host reported. */
  extends(step: number, hosts: number): boolean {
    return step === this.last + 1 && hosts === this.#hosts.length && !this.reported
  }

  reported = false

  /** The next `count` hosts that have not been heard of begin. */
  begin(count: number, start: (host: HostView) => void): void {
    for (let left = count; left > 0 && this.#next < this.#hosts.length; left--) {
      const host = this.#hosts[this.#next++] as HostView
      if (host.inSegment && (host.standing === 'waiting' || host.standing === 'between')) start(host)
    }
  }
}
