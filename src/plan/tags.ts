/** What `--tags` and `--skip-tags` ask for; empty lists ask for nothing special. */
export interface TagSelection {
  readonly only: readonly string[]
  readonly skip: readonly string[]
}

/** Whether a task with these tags runs, by Ansible's matrix of always, never, all, tagged and untagged. */
export function runsWithTags(tags: readonly string[], { only, skip }: TagSelection): boolean {
  const own = new Set(tags)
  const tagged = own.size > 0
  if (only.length === 0) {
    if (own.has('never')) return false
  } else {
    // `tagged` and `all` do not lift `never`: that takes a tag of the task's own, or `never` itself.
    const byName = only.some((tag) => own.has(tag))
    const byKind =
      !own.has('never') &&
      (only.includes('all') || (only.includes('tagged') && tagged) || (only.includes('untagged') && !tagged))
    if (!byName && !byKind && !own.has('always')) return false
    if (own.has('never') && own.has('always') && !byName) return false
  }
  if (skip.length === 0) return true
  if (skip.some((tag) => own.has(tag))) return false
  if (skip.includes('all')) return own.has('always')
  if (skip.includes('tagged') && tagged) return false
  return !(skip.includes('untagged') && !tagged)
}
