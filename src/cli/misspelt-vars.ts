import { closest } from '../diagnostics/suggest.ts'
import type { RawMap } from '../expression/values.ts'
import type { Inventory } from '../inventory/types.ts'
import type { Playbook } from '../playbook/types.ts'

/**
 * A warning for each variable of `-e` that no playbook mentions but that looks like one that a play or the inventory sets:
 * `-e target_relase=9` would be the highest of all variables, and change nothing.
 */
export function misspeltVars(extra: RawMap, playbooks: readonly Playbook[], inventory: Inventory): string[] {
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  const known = new Set([
    ...plays.flatMap((play) => Object.keys(play.vars)),
    ...[...inventory.groups.values()].flatMap((group) => Object.keys(group.vars)),
    ...[...inventory.hosts.values()].flatMap((host) => Object.keys(host.vars)),
  ])
  const texts = [...new Set(plays.map((play) => play.origin.source.text))]
  return Object.keys(extra).flatMap((name) => {
    if (known.has(name) || texts.some((text) => text.includes(name))) return []
    const near = closest(name, known)
    return near === undefined ? [] : [`--extra-vars sets ${name}, which no playbook mentions: did you mean ${near}?`]
  })
}
