import { randomInt } from 'node:crypto'
import { ScaledClock } from '../../engine/rehearsal/clock.ts'
import { forecast } from '../../engine/rehearsal/forecast.ts'
import { simulated } from '../../engine/rehearsal/simulated.ts'
import type { PlannedPlay } from '../../plan/plan.ts'
import type { Hosts } from '../connections.ts'
import type { LoadedRun } from '../load.ts'
import type { RunOptions } from '../options.ts'
import { chosenProfile } from './profile.ts'

/** Without --speed a rehearsal is to take about so long. Real seconds. */
const ABOUT_S = 60
/** What goes slower than this part of its speed is told of. */
const KEPT = 0.9

export interface Rehearsal extends Hosts {
  /** What is rehearsed and how, for the operator: in the events, and on the screen. */
  readonly words: string
  /** How the events are stamped: with the time of the simulated hosts. */
  readonly stamps: { readonly rehearsal: true; readonly now: () => Date }
  /** Their milliseconds since the beginning. */
  now(): number
  /** The same for a display: it moves on between two events. */
  shown(): number
  /** How many times as fast as the real time they pass. */
  readonly speed: number
  /** The words of a command line that goes the same way. */
  again(typed: readonly string[]): readonly string[]
  /** What must be said at the end; undefined when all went as it was to go. */
  shortfall(): string | undefined
}

/** As events will spell them; undefined when a name is a template, which only the run can tell. */
function namesOf(plays: readonly PlannedPlay[]): readonly string[] | undefined {
  const names = plays.flatMap(({ steps }) => steps.map(({ node }) => node.name ?? node.task))
  return names.every((name) => typeof name === 'string') ? names : undefined
}

/** Draws the fates of all hosts and sets the clock. Throws UserError for a profile that is wrong. */
export async function openRehearsal(options: RunOptions, { playbooks, registry }: LoadedRun): Promise<Rehearsal> {
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  const profile = await chosenProfile(options.profile, { tasks: registry.names(), steps: namesOf(plays) })
  const seed = options.seed ?? randomInt(1, 1_000_000)
  const seconds = forecast(plays, { profile, seed }, { forks: options.forks, mode: options.check ? 'check' : 'apply' })
  const speed = options.speed ?? Math.max(1, Math.ceil(seconds / ABOUT_S))
  const clock = new ScaledClock(speed)
  const began = Date.now()
  return {
    words: `simulated hosts, nothing is connected; ${profile.source}, --seed ${seed} --speed ${speed}`,
    stamps: { rehearsal: true, now: () => new Date(began + Math.round(clock.now())) },
    now: () => clock.now(),
    shown: () => clock.shown(),
    speed,
    // No more than what the engine needs of this machine: there is nothing in it that could connect.
    hands: (ports) => ({ ports, driving: simulated({ profile, seed, clock }) }),
    close: async () => {},
    again: (typed) => (options.seed === undefined ? ['--seed', String(seed), ...typed] : typed),
    shortfall: () =>
      clock.kept >= KEPT * speed
        ? undefined
        : `this machine could not keep --speed ${speed}: the rehearsal went ${Math.round(clock.kept)} times as fast as the real time`,
  }
}
