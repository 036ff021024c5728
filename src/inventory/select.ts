import { UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { closest } from '../diagnostics/suggest.ts'
import { EvaluationError } from '../expression/errors.ts'
import { globMatcher, type NameMatcher, regexMatcher } from './glob.ts'
import { groupHosts } from './group-hosts.ts'
import { parsePattern, type Term } from './patterns.ts'
import { applySubscript, SubscriptProblem, splitSubscript } from './subscript.ts'
import type { Inventory } from './types.ts'

/** Hosts that a pattern names, without repeats, in Ansible's order. May be empty: a group without hosts, an intersection without common hosts. */
export interface Selection {
  readonly hosts: readonly string[]
}

/**
 * Evaluates a play's `hosts`. Unions first, then `&`, then `!`, whatever the order in which they are written; only-negative patterns start from all.
 * Throws UserError naming the term that matches no host and no group, an empty pattern, a subscript out of range, a wrong regex.
 */
export function selectHosts(pattern: string, inventory: Inventory, origin?: Origin): Selection {
  return selectTerms(parsePattern(pattern, origin), inventory)
}

/** Evaluates terms that were parsed before. */
export function selectTerms(terms: readonly Term[], inventory: Inventory): Selection {
  const matched = terms.map((term) => ({ kind: term.kind, hosts: match(term, inventory) }))
  const unions = matched.filter(({ kind }) => kind === 'union')
  let hosts = unions.length > 0 ? [...new Set(unions.flatMap((term) => term.hosts))] : [...groupHosts(inventory, 'all')]
  for (const kind of ['intersection', 'exclusion'] as const) {
    for (const term of matched) {
      if (term.kind !== kind) continue
      const set = new Set(term.hosts)
      hosts = hosts.filter((host) => set.has(host) === (kind === 'intersection'))
    }
  }
  return { hosts: Object.freeze(hosts) }
}

/** The hosts of a play that a limit leaves, in the play's order. */
export function intersect(selection: Selection, limit: Selection): Selection {
  const kept = new Set(limit.hosts)
  return { hosts: Object.freeze(selection.hosts.filter((host) => kept.has(host))) }
}

function match(term: Term, inventory: Inventory): readonly string[] {
  if (inventory.hosts.has(term.text)) return [term.text]
  try {
    const { name, subscript } = splitSubscript(term.text)
    const hosts = matchName(name, term, inventory)
    return subscript ? applySubscript(hosts, subscript) : hosts
  } catch (error) {
    if (!(error instanceof SubscriptProblem || error instanceof EvaluationError)) throw error
    const hint =
      error instanceof EvaluationError && error.hint === undefined ? "',' and ':' separate patterns" : error.hint
    throw new UserError({ message: `the pattern "${term.text}": ${error.message}`, origin: term.origin, hint })
  }
}

function matchName(name: string, term: Term, inventory: Inventory): readonly string[] {
  const special = name.startsWith('~') || /[.?*[]/.test(name)
  if (!special && inventory.groups.has(name)) return groupHosts(inventory, name)
  if (!special && inventory.hosts.has(name)) return [name]
  const matches: NameMatcher = name.startsWith('~') ? regexMatcher(name.slice(1)) : globMatcher(name)
  const groups = [...inventory.groups.keys()].filter(matches)
  const hosts = [...inventory.hosts.keys()].filter(matches)
  if (groups.length === 0 && hosts.length === 0) throw unmatched(name, term, inventory)
  return [...new Set([...groups.flatMap((group) => groupHosts(inventory, group)), ...hosts])]
}

function unmatched(name: string, term: Term, inventory: Inventory): UserError {
  const message = `no host or group matches "${name}"`
  if (/[,:]/.test(name) && !name.startsWith('~')) {
    const hint = /:\d+$/.test(name)
      ? 'a port is not part of a host’s name'
      : 'separate either by "," or by ":", not by both'
    return new UserError({ message, origin: term.origin, hint })
  }
  const near = closest(name, inventory.groups.keys()) ?? closest(name, inventory.hosts.keys())
  const hint =
    near === undefined ? 'upgrade-push inventory --graph shows all hosts and groups' : `did you mean "${near}"?`
  return new UserError({ message, origin: term.origin, hint })
}
