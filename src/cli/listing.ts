import type { PlannedPlaybook } from '../plan/playbooks.ts'
import type { Text } from '../playbook/types.ts'

function text(value: Text | undefined): string | undefined {
  return typeof value === 'object' ? value.text : value
}

/** What `--list-hosts` and `--list-tasks` print. */
export function listing(playbooks: readonly PlannedPlaybook[], what: { hosts: boolean; tasks: boolean }): string {
  const lines: string[] = []
  for (const { playbook, plays } of playbooks) {
    lines.push('', `playbook: ${playbook.path}`)
    for (const { index, play, hosts, steps } of plays) {
      const pattern = text(play.hosts) ?? ''
      lines.push(
        '',
        `  play #${index + 1} (${pattern}): ${text(play.name) ?? pattern}\tTAGS: [${play.tags.join(', ')}]`,
      )
      if (what.hosts) {
        lines.push(`    pattern: ${pattern}`, `    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${host}`))
      }
      if (what.tasks) {
        lines.push('    tasks:')
        for (const { node, number } of steps) {
          if (number > 0) lines.push(`      ${text(node.name) ?? node.task}\tTAGS: [${node.tags.join(', ')}]`)
        }
      }
    }
  }
  return `${lines.join('\n')}\n`
}
