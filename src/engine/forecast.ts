import { createHash } from 'node:crypto'
import type { Verdict } from '../tasks/contract.ts'

/**
 * What a check saw of a step on a host. unknown: it could not tell. away: the host was in the middle of its upgrade, and no system of its
 * answered.
 */
export type Foreseen =
  | { readonly kind: 'change'; readonly digest: string; readonly summary: string }
  | { readonly kind: 'ok' | 'unknown' | 'skipped' | 'refused' | 'away' }

/** One unit of a step on a host; `item` is its place in a loop. */
export interface Place {
  readonly host: string
  readonly play: number
  readonly step: number
  readonly item?: number | undefined
}

/** What a check foresaw for every host and step: the plan that a person confirms, and that the apply after it is held to. */
export class Forecast {
  readonly #hosts = new Map<string, Map<string, Foreseen>>()

  note(place: Place, foreseen: Foreseen): void {
    let steps = this.#hosts.get(place.host)
    if (!steps) {
      steps = new Map()
      this.#hosts.set(place.host, steps)
    }
    steps.set(keyOf(place), foreseen)
  }

  /** Undefined where the check did not come to: the host was lost before, or refused. What was told of the whole step holds for its items. */
  at(place: Place): Foreseen | undefined {
    const steps = this.#hosts.get(place.host)
    return steps?.get(keyOf(place)) ?? steps?.get(keyOf({ ...place, item: undefined }))
  }

  /** Everything that is known of a step on a host, its items one by one. */
  of({ host, play, step }: Place): Foreseen[] {
    const whole = keyOf({ host, play, step })
    const steps = [...(this.#hosts.get(host) ?? [])]
    return steps.flatMap(([key, foreseen]) => (key === whole || key.startsWith(`${whole}/`) ? [foreseen] : []))
  }
}

function keyOf({ play, step, item }: Place): string {
  return item === undefined ? `${play}.${step}` : `${play}.${step}/${item}`
}

/** How a verdict is remembered. An action has no postcondition: nothing tells beforehand what it would change. */
export function foreseenOf(verdict: Verdict<unknown>): Foreseen {
  switch (verdict.kind) {
    case 'ok':
      return { kind: 'ok' }
    case 'refuse':
      return { kind: 'refused' }
    case 'action':
      return { kind: 'unknown' }
    case 'change':
      return { kind: 'change', digest: digestOf(verdict), summary: verdict.summary }
  }
}

/** Of what is done and what a person sees of it. The summary is left out: it may hold figures that move by themselves, such as free space. */
export function digestOf({ touches, makes, diff, spec }: Verdict<unknown> & { kind: 'change' }): string {
  return createHash('sha256')
    .update(JSON.stringify([touches, makes ?? [], diff ?? [], spec ?? null]))
    .digest('base64')
}
