import type { ControllerPorts } from '../ports.ts'
import { failureOf } from '../remote-failure.ts'
import type { ScaledClock } from './clock.ts'
import { drawFate, type Fate } from './fate.ts'
import { ownName, type Profile, profileOf } from './profile.ts'
import { drawFor } from './random.ts'

/** One unit of a step on one host, for its draws. */
export interface Role {
  readonly host: string
  readonly play: number
  readonly step: number
  readonly name: string
  readonly task: string
  /** Index of the loop's item. */
  readonly item: number
  /** Counts from 0: a host that is told to try again draws anew. */
  readonly attempt: number
}

/** What all hosts of a rehearsal share. */
export interface Stage {
  readonly profile: Profile
  readonly seed: number
  readonly clock: ScaledClock
}

/** The same for the same seed, whatever else happens in the run. */
export function fateOf({ profile, seed }: Pick<Stage, 'profile' | 'seed'>, role: Role, acts: boolean): Fate {
  const { host, play, step, name, task, item, attempt } = role
  const draw = drawFor(seed, [host, play, step, item, attempt].join('/'))
  return drawFate(profileOf(profile, name, ownName(task)), acts, draw)
}

/** How often each host has begun each step: it may be told to begin again. */
export class Attempts {
  readonly #begun = new Map<string, number>()

  /** 0 for the first. */
  next(host: string, play: number, step: number): number {
    const key = `${play}/${step}/${host}`
    const attempt = this.#begun.get(key) ?? 0
    this.#begun.set(key, attempt + 1)
    return attempt
  }
}

/** Says once for each place what only a real host could tell. */
export class Unknowns {
  readonly #told = new Set<string>()

  tell(ports: ControllerPorts, text: string, error: unknown): void {
    if (this.#told.has(text)) return
    this.#told.add(text)
    const why = failureOf(error).message.split('\n')[0]
    ports.emit({ type: 'warning', message: `${text} (${why})` })
  }
}
