import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { selectHosts } from '../../../src/inventory/select.ts'
import { fromIni } from '../../inventory/support.ts'
import { type AnsibleInventory, askAnsible, inScratch, runAnsible } from './ansible.ts'

const INI = `
solo
[web]
web[1:5]
[db]
db1
db2
web1
[dc1]
web[1:2]
db1
[dc2]
web[3:5]
db2
[empty]
[staging:children]
dc2
empty
`

/** What we do otherwise than Ansible, each with the reason. Every row must be met by the random patterns below. */
const DIFFERENCES: readonly { readonly when: RegExp; readonly ours: RegExp; readonly why: string }[] = [
  {
    when: /\[[-:\d]+\]/,
    ours: /names none of them/,
    why: 'a subscript that names no host is an error, not an empty selection',
  },
  { when: /\[3:1\]/, ours: /reversed/, why: 'a reversed subscript is an error, not an empty selection' },
  { when: /\[1-3\]/, ours: /did you mean .*\[1:3\]/, why: 'Ansible warns and reads [1:3]' },
  { when: /\[0:4:2\]/, ours: /is no subscript/, why: 'Ansible takes it for a set of characters' },
]

const name = fc.constantFrom(
  'web',
  'db',
  'dc1',
  'dc2',
  'empty',
  'staging',
  'all',
  'ungrouped',
  'solo',
  'web1',
  'web3',
  'db2',
  'typo',
)
const glob = fc.constantFrom(
  'w*',
  '*1',
  'web?',
  'stag*',
  'db[12]x',
  'web[!1]',
  '*',
  '~web[12]',
  '~(web|db)1$',
  '~(?i)WEB',
  'WEB',
  '*zz',
  'd?1',
)
const subscript = fc.constantFrom(
  '[0]',
  '[-1]',
  '[0:2]',
  '[2:]',
  '[9]',
  '[1:9]',
  '[7:9]',
  '[3:1]',
  '[1-3]',
  '[0:4:2]',
  '[0:0]',
)
const term = fc.tuple(
  fc.constantFrom('', '', '', '&', '!'),
  fc.oneof(
    { weight: 3, arbitrary: name },
    glob,
    fc.tuple(name, subscript).map((parts) => parts.join('')),
  ),
)
const pattern = fc
  .tuple(fc.array(term, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ':', ', '))
  .map(([terms, separator]) => terms.map((parts) => parts.join('')).join(separator))

test('random patterns select what Ansible selects, in its order, or differ for a listed reason', () => {
  inScratch((root) => {
    const file = join(root, 'hosts.ini')
    writeFileSync(file, INI)
    const inventory = fromIni(INI)
    const patterns = fc.sample(pattern, { seed: 25, numRuns: 4000 })
    const [answer] = askAnsible<AnsibleInventory>([{ ask: 'inventory', sources: [file], patterns }])
    const met = new Set<number>()
    let same = 0
    patterns.forEach((one, i) => {
      const theirs = answer?.ok?.patterns[i]
      try {
        const ours = [...selectHosts(one, inventory).hosts]
        expect({ ok: ours }, one).toEqual(theirs)
        same++
      } catch (error) {
        const { name, message } = error as Error
        if (name !== 'UserError') throw error
        if (theirs?.error !== undefined) return
        const row = DIFFERENCES.findIndex(({ when, ours }) => when.test(one) && ours.test(message))
        expect(row, `${one}: ${message} but Ansible: ${JSON.stringify(theirs)}`).toBeGreaterThanOrEqual(0)
        met.add(row)
      }
    })
    expect(same).toBeGreaterThan(1000)
    expect([...met].sort()).toEqual(DIFFERENCES.map((_, row) => row))
  })
})

test.each([
  'web:&dc1',
  'web:!dc1',
  '!dc1',
  '&dc1',
  'web:db:&dc2:!web3',
  '!web1,web',
  'web[0:2]',
  'web[-1]',
  'all[1:3]',
  '~(web|db)1$',
])('`ansible %s --list-hosts` prints our selection', (one) => {
  inScratch((root) => {
    const file = join(root, 'hosts.ini')
    writeFileSync(file, INI)
    const { stdout } = runAnsible('ansible', [one, '-i', file, '--list-hosts'])
    const listed = stdout
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .filter((line) => line !== '')
    expect(listed.length).toBeGreaterThan(0)
    expect([...selectHosts(one, fromIni(INI)).hosts]).toEqual(listed)
  })
})

/** Where Ansible's documentation and its code differ, we do what the documentation says. */
test.each([
  ['web[-2:]', ['web4', 'web5'], ['web2']],
  ['web[:3]', ['web1', 'web2', 'web3', 'web4'], ['web3']],
])('%s follows the documentation', (one, documented, actual) => {
  inScratch((root) => {
    const file = join(root, 'hosts.ini')
    writeFileSync(file, INI)
    const [answer] = askAnsible<AnsibleInventory>([{ ask: 'inventory', sources: [file], patterns: [one] }])
    expect(answer?.ok?.patterns[0]?.ok).toEqual(actual)
    expect([...selectHosts(one, fromIni(INI)).hosts]).toEqual(documented)
  })
})
