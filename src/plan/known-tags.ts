import { UserError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Playbook } from '../playbook/types.ts'
import type { TagSelection } from './tags.ts'

/** Words of `--tags` and `--skip-tags` that stand for kinds of tasks, whether or not a task carries them. */
const KINDS = ['all', 'tagged', 'untagged', 'always', 'never']

/**
 * Refuses a tag that no task of any playbook has: a mistyped `--tags` would silently do nothing, a mistyped `--skip-tags` would do what
 * was to be left out. Throws UserError.
 */
export function requireKnownTags(playbooks: readonly Playbook[], { only, skip }: TagSelection): void {
  const known = new Set(
    playbooks.flatMap(({ plays }) => plays.flatMap(({ tasks }) => tasks.flatMap(({ tags }) => tags))),
  )
  const problems = [
    ...unknown(only, known).map((tag) => ({ flag: '--tags', tag })),
    ...unknown(skip, known).map((tag) => ({ flag: '--skip-tags', tag })),
  ]
  if (problems.length === 0) return
  throw new UserError(
    problems.map(({ flag, tag }) => ({
      message: `${flag}: no task has the tag "${tag}"`,
      hint: didYouMean(tag, known) ?? 'upgrade-push --list-tasks shows the tags of each task',
    })),
  )
}

function unknown(asked: readonly string[], known: ReadonlySet<string>): string[] {
  return asked.filter((tag) => !known.has(tag) && !KINDS.includes(tag))
}
