import { UserError } from '../../diagnostics/diagnostic.ts'
import type { HostResult, RunEvent } from '../../events/types.ts'
import { ANY_TASK } from './built-in.ts'
import { MISHAPS, ownName, type Profile, type Seconds, type TaskProfile, type Words } from './profile.ts'

/** What is kept of what hosts said; more would be no better practice. */
const MAX_WORDS = 50
const MAX_LINES = 12

type Phase = Extract<RunEvent, { type: 'phase' }>

/** What a past run saw of one step. */
class Sightings {
  readonly results: HostResult[] = []
  readonly #phases: Phase[] = []
  readonly #lines = new Map<string, string[]>()

  line(host: string, line: string): void {
    const lines = this.#lines.get(host) ?? []
    lines.push(line)
    // One host's lines are enough: the others say the same.
    if (this.#lines.size === 0 || this.#lines.has(host)) this.#lines.set(host, lines)
  }

  phase(event: Phase): void {
    this.#phases.push(event)
  }

  /** Undefined when no host came to an end of the step. */
  profile(): TaskProfile | undefined {
    const all = this.results.length
    if (all === 0) return undefined
    const of = (...statuses: readonly string[]) => this.results.filter(({ status }) => statuses.includes(status))
    const [changed, ok] = [of('changed'), of('ok')]
    const look = seen([...ok, ...of('refused')]) ?? ANY_TASK.look
    const mishaps: Record<string, unknown> = {}
    for (const name of MISHAPS) {
      const bad = of(name)
      if (bad.length > 0) mishaps[name] = { rate: bad.length / all, words: wordsOf(bad) }
    }
    const { phases, packages } = this.#upgrade()
    return {
      seconds: seen(changed) ?? seen(of('failed', 'overdue')) ?? look,
      look: changed.length > 0 && ok.length === 0 ? ANY_TASK.look : look,
      changed: changed.length + ok.length === 0 ? 1 : changed.length / (changed.length + ok.length),
      mishaps,
      lines: thinned([...this.#lines.values()][0] ?? []),
      says: wordsOf([...changed, ...ok]).map(({ message }) => message),
      ...(phases ? { phases, packages } : {}),
    }
  }

  /** The median of each phase's whole time, in the order in which they came. */
  #upgrade(): Pick<TaskProfile, 'phases' | 'packages'> {
    const ended = new Map<string, number[]>()
    for (const { phase, state, seconds } of this.#phases) {
      if (state === 'done') ended.set(phase, [...(ended.get(phase) ?? []), seconds])
    }
    if (ended.size === 0) return {}
    const packages = this.#phases.reduce((most, phase) => Math.max(most, phase.of ?? 0), 0)
    // A phase that took no whole second still takes some time.
    return {
      phases: Object.fromEntries([...ended].map(([phase, all]) => [phase, Math.max(0.1, median(all))])),
      packages,
    }
  }
}

/** Durations, failures and words of a past run, by step. Throws UserError for one that changed nothing, or was a rehearsal itself. */
export function journalProfile(events: readonly RunEvent[], place: string): Profile {
  const [first] = events
  const refuse = (message: string) =>
    new UserError({ message: `--profile: ${place}: ${message}`, hint: 'name a run that applied the same playbook' })
  if (first?.type !== 'run_started') throw refuse('the journal does not begin with the start of a run')
  if (first.rehearsal !== undefined) throw refuse('this run was a rehearsal itself')
  if (first.mode === 'check') throw refuse('this run was a check: it tells nothing of how long changes take')
  const [names, tasks] = [new Map<string, Sightings>(), new Map<string, Sightings>()]
  const steps = new Map<number, readonly { name: string; task: string }[]>()
  for (const event of events) {
    if (event.type === 'interrupt' && event.level > 1) break
    if (event.type === 'play_started') steps.set(event.play, event.steps)
    if (event.type !== 'host_result' && event.type !== 'progress' && event.type !== 'phase') continue
    const step = steps.get(event.play)?.[event.step]
    if (!step) continue
    for (const sightings of [into(names, step.name), into(tasks, ownName(step.task))]) {
      if (event.type === 'progress') sightings.line(event.host, event.line)
      else if (event.type === 'phase') sightings.phase(event)
      else if (!event.item && event.status !== 'skipped' && event.status !== 'deferred') sightings.results.push(event)
    }
  }
  const profiles = (all: Map<string, Sightings>): Map<string, TaskProfile> =>
    new Map([...all].flatMap(([key, sightings]) => entry(key, sightings.profile())))
  const found = profiles(tasks)
  if (found.size === 0) throw refuse('no host came to the end of a step')
  return { source: `as in run ${first.run}`, names: profiles(names), tasks: found, others: ANY_TASK }
}

function entry(key: string, profile: TaskProfile | undefined): [string, TaskProfile][] {
  return profile ? [[key, profile]] : []
}

function into(all: Map<string, Sightings>, key: string): Sightings {
  const known = all.get(key) ?? new Sightings()
  all.set(key, known)
  return known
}

function seen(results: readonly HostResult[]): Seconds | undefined {
  return results.length === 0 ? undefined : { seen: results.map(({ ms }) => ms / 1000) }
}

/** Each as often as it was said, so that drawing one keeps the proportions. */
function wordsOf(results: readonly HostResult[]): Words[] {
  const words = results.flatMap(({ message, remedy }) => (message === undefined ? [] : [{ message, remedy }]))
  return thinned(words, MAX_WORDS)
}

/** So many of them, evenly over all. */
function thinned<T>(all: readonly T[], most = MAX_LINES): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)] as T)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}
