import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadInventory } from '../../../src/inventory/load.ts'
import type { Inventory } from '../../../src/inventory/types.ts'
import { hostVariables } from '../../../src/inventory/variables.ts'
import { loadVarFiles } from '../../../src/inventory/vars-files.ts'
import { model, printIni, printYaml } from '../../inventory/model.ts'
import { plain } from '../../inventory/support.ts'
import { type AnsibleInventory, askAnsible, inScratch } from './ansible.ts'

const files = fc.record({
  groups: fc.dictionary(fc.constantFrom('all', 'web', 'db.yml', 'dc1.yaml', 'ungrouped.json', 'x-y'), fc.integer(), {
    maxKeys: 3,
  }),
  hosts: fc.dictionary(fc.constantFrom('h1', 'web1.yml', 'n2.json', 'a.example.com'), fc.integer(), { maxKeys: 2 }),
})

test('random inventories in two sources with variable files give the groups, hosts and variables that Ansible sees', async () => {
  const cases = fc.sample(
    fc.record({ first: model, second: model, left: files, right: files, priority: fc.integer({ min: -1, max: 3 }) }),
    {
      seed: 24,
      numRuns: 300,
    },
  )
  await inScratch(async (root) => {
    const sources = cases.map((one, i) => {
      const left = join(root, `${i}`, 'left')
      const right = join(root, `${i}`, 'right')
      const ini = `${printIni(one.first)}\n[${one.first[0]?.name}:vars]\nansible_group_priority=${one.priority}\n`
      return [source(left, 'hosts.ini', ini, one.left), source(right, 'hosts.json', printYaml(one.second), one.right)]
    })
    const answers = askAnsible<AnsibleInventory>(
      sources.map((some) => ({ ask: 'inventory', sources: some, patterns: [] })),
    )
    let empty = 0
    for (const [i, some] of sources.entries()) {
      const theirs = answers[i]
      const ours = await loadInventory(some).catch((error: Error) => error)
      if (ours instanceof Error) {
        // Only no hosts at all (which Ansible accepts) can go wrong with what was generated.
        expect(ours.message).toMatch(/no hosts/)
        expect(Object.keys(theirs?.ok?.hosts ?? {})).toEqual([])
        empty++
      } else
        expect(await described(ours), printIni(cases[i]?.first ?? [])).toEqual({
          groups: theirs?.ok?.groups,
          hosts: theirs?.ok?.hosts,
        })
    }
    expect(empty).toBeLessThan(30)
  })
})

function source(directory: string, name: string, text: string, vars: { groups: object; hosts: object }): string {
  for (const [folder, entries] of Object.entries({ group_vars: vars.groups, host_vars: vars.hosts })) {
    mkdirSync(join(directory, folder), { recursive: true })
    for (const [file, value] of Object.entries(entries)) {
      writeFileSync(
        join(directory, folder, file),
        JSON.stringify({ v1: `${directory}/${folder}/${file}`, [`from_${folder}`]: value }),
      )
    }
  }
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

async function described(inventory: Inventory): Promise<Omit<AnsibleInventory, 'patterns'>> {
  const files = await loadVarFiles(inventory, [])
  return {
    groups: Object.fromEntries(
      [...inventory.groups].map(([name, { hosts, children, depth, priority }]) => [
        name,
        { hosts: [...hosts], children: [...children], depth, priority },
      ]),
    ),
    hosts: Object.fromEntries(
      [...inventory.hosts].map(([name, { groups }]) => [
        name,
        { groups: [...groups], vars: plain(hostVariables(inventory, files, name)) as Record<string, unknown> },
      ]),
    ),
  }
}
