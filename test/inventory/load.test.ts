import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/load.ts'
import { hostVariables } from '../../src/inventory/variables.ts'
import { loadVarFiles } from '../../src/inventory/vars-files.ts'
import { scratch } from './scratch.ts'
import { plain, rejection } from './support.ts'

const names = async (...sources: string[]) => [...(await loadInventory(sources)).hosts.keys()]

test('sources merge from left to right, later values win', async () => {
  const root = scratch({ a: '[web]\nw1 x=1 y=1\n', 'b.yml': 'web: {hosts: {w1: {x: 2}, w2: }}' })
  const inventory = await loadInventory([join(root, 'a'), join(root, 'b.yml'), 'w3,w[4:5]:22,'])
  expect([...inventory.hosts.keys()]).toEqual(['w1', 'w2', 'w3', 'w4', 'w5'])
  expect(plain(inventory.hosts.get('w1')?.vars)).toEqual({ x: 2, y: 1 })
  expect(plain(inventory.hosts.get('w4')?.vars)).toEqual({ ansible_port: 22 })
  expect(inventory.sources).toEqual([join(root, 'a'), join(root, 'b.yml'), 'w3,w[4:5]:22,'])
  expect(inventory.directories).toEqual([root])
})

test('a directory is read in order of names, deep, with .ini files, without what is no inventory', async () => {
  const root = scratch({
    '02-b': 'h x=2',
    '01-a.ini': 'h x=1\ni',
    'deep/c.yml': 'g: {hosts: d}',
    'group_vars/all': 'broken: [',
    '.hidden': 'no1',
    'old.bak': 'no2',
    'notes.txt': 'no3',
    'last~': 'no4',
  })
  const inventory = await loadInventory([root])
  expect([...inventory.hosts.keys()]).toEqual(['h', 'i', 'd'])
  expect(plain(inventory.hosts.get('h')?.vars)).toEqual({ x: 2 })
  expect(inventory.directories).toEqual([root])
})

test('files without an extension are told apart by their first line', async () => {
  const root = scratch({
    a: '# c\n\nweb:\n  hosts: h1\n',
    b: '---\nweb: {hosts: h2}\n',
    c: '{"web": {"hosts": "h3"}}',
    d: 'h4:22\n',
    e: '; c\n[web]\nh5',
  })
  expect(await names(...'abcde'.split('').map((name) => join(root, name)))).toEqual(['h1', 'h2', 'h3', 'h4', 'h5'])
})

test('a path with a comma is a path; bytes that are not UTF-8 may stand in comments', async () => {
  const root = scratch({ 'a,b/hosts': Buffer.from([0x23, 0xff, 0x0a, 0x68, 0x31, 0x0a]) })
  expect(await names(join(root, 'a,b', 'hosts'))).toEqual(['h1'])
})

test('a text file with an exec bit is read, not run, with a warning', async () => {
  const root = scratch({ hosts: 'h1' })
  chmodSync(join(root, 'hosts'), 0o755)
  expect((await loadInventory([join(root, 'hosts')])).warnings).toEqual([
    expect.stringContaining('it is read as text, not run'),
  ])
})

describe('what is refused', () => {
  const root = scratch({
    empty: '',
    'comments.ini': '# only\n',
    'empty.yml': '---\n',
    'groups.ini': '[web]\n[web:vars]\nx=1',
    'nothing/readme.md': 'x',
    'latin.ini': Buffer.from([0x68, 0x31, 0x0a, 0x68, 0xff, 0x0a]),
    vault: '$ANSIBLE_VAULT;1.1;AES256\n61',
    'vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n61',
  })
  symlinkSync('/nowhere/at/all', join(root, 'nothing', 'link'))
  test.each([
    ['nope', /^no such inventory: .*nope\n {2}for a list of hosts put a comma behind it: -i '.*nope,'$/],
    ['empty', /empty: the inventory is empty: no hosts$/],
    ['comments.ini', /the inventory is empty: no hosts$/],
    ['empty.yml', /the inventory is empty: no hosts$/],
    ['groups.ini', /^no hosts in the inventory \(.*groups\.ini\)$/],
    ['nothing', /link: the link points nowhere$/],
    ['latin.ini', /latin\.ini:2: the line is not UTF-8\n {2}save the file in UTF-8/],
    ['vault.yml', /vault\.yml:1:1: the file is encrypted with ansible-vault/],
    ['vault', /vault:1:1: the file is encrypted with ansible-vault/],
  ])('%s', async (name, message) => {
    expect(await rejection(loadInventory([join(root, name)]))).toMatch(message)
  })

  test('no source, an empty name, only commas', async () => {
    expect(await rejection(loadInventory([]))).toBe('no inventory is given: use -i FILE')
    expect(await rejection(loadInventory(['']))).toContain('the name of the inventory is empty')
    expect(await rejection(loadInventory([',']))).toBe('no hosts in the inventory (,)')
    expect(await rejection(loadInventory(['a,b[2:1],']))).toContain('inventory:1:4: the range is reversed')
  })
})

test('20 000 hosts share their variables and groups', async () => {
  const root = scratch({
    hosts: '[web]\nn[00001:10000] a=1 b="{{ c }}"\n[web:vars]\nc=2\n',
    many: `${Array.from({ length: 10_000 }, (_, i) => `m${i}`).join('\n')}\n`,
  })
  const inventory = await loadInventory([join(root, 'hosts'), join(root, 'many')])
  const files = await loadVarFiles(inventory, [])
  for (const name of inventory.hosts.keys()) hostVariables(inventory, files, name)
  expect(inventory.hosts.size).toBe(20_000)
  expect(inventory.hosts.get('n00001')?.vars).toBe(inventory.hosts.get('n10000')?.vars)
  expect(inventory.hosts.get('n00001')?.groups).toBe(inventory.hosts.get('n10000')?.groups)
  expect(hostVariables(inventory, files, 'm1')).toBe(hostVariables(inventory, files, 'm9999'))
})
