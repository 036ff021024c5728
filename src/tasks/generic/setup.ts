import { z } from 'zod'
import { defineTask } from '../contract.ts'
import { facts } from './facts.ts'
import { factsProbe, type RawFacts } from './facts-probe.ts'

export { factsProbe }

const args = z.strictObject({
  filter: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .default([])
    .describe('Names of facts to keep, with * and ?; with or without `ansible_`. Default: all'),
})

export const setupTask = defineTask<z.infer<typeof args>, { raw: RawFacts }, never>({
  name: 'setup',
  summary:
    'Gathers facts about the host, under the names that Ansible gives them. Plays do this at their beginning unless they say `gather_facts: false`. Changes nothing.',
  args,
  example: '- name: Look again\n  setup:\n    filter: ansible_mounts\n',
  mayTouch: () => [],
  probes: () => ({ raw: factsProbe() }),
  check({ args: { filter }, facts: { raw } }) {
    const patterns = filter.map(pattern)
    const all = Object.entries(facts(raw))
    const kept = all.filter(([name]) => {
      const short = name.replace(/^ansible_/, '')
      return patterns.length === 0 || patterns.some((one) => one.test(name) || one.test(short))
    })
    const gathered = Object.fromEntries(kept)
    return { kind: 'ok', facts: gathered, result: { ansible_facts: gathered } }
  },
})

function pattern(glob: string): RegExp {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${escaped}$`)
}
