import type { Value, ValueMap } from '../expression/values.ts'
import type { Resource, Sight, UpgradeRecord } from '../tasks/contract.ts'
import { FactCache } from './fact-cache.ts'
import type { Failure } from './remote-failure.ts'

/** A change that check mode found and did not make: later probes that read what it touches can't be trusted. */
export interface PendingChange {
  /** The step that would make it. */
  readonly by: { readonly host: string; readonly play: number; readonly step: number }
  readonly label: string
  readonly touches: readonly Resource[]
}

/** The host is in the middle of an upgrade that an earlier run began: no system answers to our steps. */
export interface Away {
  readonly record: UpgradeRecord
  readonly sight: Sight
}

/** What a run knows and remembers of one host. Lives as long as the run, across plays. */
export class HostRun {
  readonly name: string
  /** `active` hosts take part; the others are never counted as a success. left-out: the operator took the host out of the run. */
  state: 'active' | 'failed' | 'unreachable' | 'interrupted' | 'left-out' = 'active'
  /** Index of the step, in its play, that the host failed or was lost in. */
  lostAt: number | undefined
  /** set_fact and register. */
  readonly set: Record<string, Value> = Object.create(null) as Record<string, Value>
  readonly facts: Record<string, Value> = Object.create(null) as Record<string, Value>
  /** Products of steps, by name. */
  readonly given: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  pendingChanges: PendingChange[] = []
  /** Names registered by steps that check mode could not decide. */
  readonly pendingNames = new Map<string, string>()
  /** `unknown` until it was looked; undefined for a host that is where it belongs. */
  away: Away | undefined | 'unknown' = 'unknown'
  /** Its plan is not the one that was confirmed: nothing more may be changed on it. */
  held: Failure | undefined
  /** Its upgrade takes longer than expected: it is watched on, and given up in the end. */
  late = false
  locked = false
  /** Gives the host's lock back; there when it is held. */
  unlock: (() => Promise<void>) | undefined
  readonly #caches = new Map<string, FactCache>()

  constructor(name: string) {
    this.name = name
  }

  /** Failed, refused, overdue or unreachable: what brakes count. */
  get lost(): boolean {
    return this.state === 'failed' || this.state === 'unreachable'
  }

  /** The host's run ends at this step. What travelled with it may still be reported; where it began to fail stays. */
  lose(state: 'failed' | 'unreachable', step: number): void {
    this.state = state
    this.late = false
    this.lostAt ??= step
  }

  /**
   * The host begins again with the step that it was lost in. Nothing that it answered counts any more, where it is is looked at anew, and
   * its lock is taken anew: still ours, or another run's by now.
   */
  beginAgain(): void {
    this.state = 'active'
    this.lostAt = undefined
    this.away = 'unknown'
    this.locked = false
    this.forget()
  }

  /** Drops what steps of a host found, from `by.step` on: they are to look again. */
  takeBack(by: PendingChange['by']): void {
    this.pendingChanges = this.pendingChanges.filter(
      (change) => change.by.host !== by.host || change.by.play !== by.play || change.by.step < by.step,
    )
  }

  /** Answers are kept by the user who asked: another user may see another host. */
  cache(user: string): FactCache {
    let cache = this.#caches.get(user)
    if (!cache) {
      cache = new FactCache()
      this.#caches.set(user, cache)
    }
    return cache
  }

  /** Drops all answers: a fleet's would fill the memory, and they grow old by themselves. */
  forget(): void {
    this.#caches.clear()
  }

  invalidate(touched: readonly Resource[]): void {
    for (const cache of this.#caches.values()) cache.invalidate(touched)
  }

  remember(name: string, value: Value): void {
    this.set[name] = value
    this.pendingNames.delete(name)
  }

  addFacts(facts: ValueMap): void {
    Object.assign(this.facts, facts)
    const short: Record<string, Value> = Object.create(null) as Record<string, Value>
    for (const [name, fact] of Object.entries(this.facts)) {
      if (name !== 'ansible_facts') short[name.replace(/^ansible_/, '')] = fact
    }
    this.facts.ansible_facts = short
  }
}
