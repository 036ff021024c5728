/** How long something takes, in seconds: around a median, or as it was seen to take. */
export type Seconds = { readonly median: number; readonly spread: number } | { readonly seen: readonly number[] }

export interface Words {
  /** `{60-120}` in it is drawn: a whole number of that range. */
  readonly message: string
  readonly remedy?: string | undefined
}

/** How often something goes wrong (0 to 1), and in which words. */
export interface Mishap {
  readonly rate: number
  readonly words: readonly Words[]
}

export const MISHAPS = ['unreachable', 'refused', 'failed', 'overdue'] as const
export type MishapName = (typeof MISHAPS)[number]

/** What simulated hosts do in a step. */
export interface TaskProfile {
  /** A step that changes something, or fails at it. */
  readonly seconds: Seconds
  /** A step that only looks: nothing is to be changed, it refuses, or it is a check. */
  readonly look: Seconds
  /** How often there is something to change, 0 to 1. */
  readonly changed: number
  readonly mishaps: { readonly [Name in MishapName]?: Mishap | undefined }
  /** Lines of progress, told evenly over the step. */
  readonly lines: readonly string[]
  /** What a step that ended well says. */
  readonly says: readonly string[]
  /** Seconds of each phase, for a step that follows a host through its upgrade; its whole time is drawn around their sum. */
  readonly phases?: { readonly [phase: string]: number } | undefined
  /** Packages that its transaction counts. */
  readonly packages?: number | undefined
}

/** What a rehearsal draws from: by the step's own name, else by its task, else what all others do. */
export interface Profile {
  /** Where it is from, in words for the operator. */
  readonly source: string
  /** What is not said of a name is as its task has it. */
  readonly names: ReadonlyMap<string, Partial<TaskProfile>>
  readonly tasks: ReadonlyMap<string, TaskProfile>
  readonly others: TaskProfile
}

export function profileOf({ names, tasks, others }: Profile, name: string, task: string): TaskProfile {
  return over(tasks.get(task) ?? others, names.get(name))
}

/** The same with some of it said anew; of the mishaps, those that are named. */
export function over(base: TaskProfile, own: Partial<TaskProfile> | undefined): TaskProfile {
  return own ? { ...base, ...own, mishaps: { ...base.mishaps, ...own.mishaps } } : base
}

/** The same task, by whichever name a playbook calls it (`ansible.builtin.copy`). */
export function ownName(task: string): string {
  return task.slice(task.lastIndexOf('.') + 1)
}
