import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/load.ts'
import { hostVariables } from '../../src/inventory/variables.ts'
import { loadVarFiles, loadVarsFile } from '../../src/inventory/vars-files.ts'
import { scratch } from './scratch.ts'
import { plain, rejection } from './support.ts'

/** Layers from the highest down: each test removes one more winner. */
const LAYERS: readonly [string, string][] = [
  ['playbook host_vars', 'play/host_vars/h.yml'],
  ['inventory host_vars', 'inv/host_vars/h.yml'],
  ['host line', 'host'],
  ['playbook group_vars', 'play/group_vars/child'],
  ['playbook group_vars of the parent', 'play/group_vars/parent.yaml'],
  ['inventory group_vars', 'inv/group_vars/child.json'],
  ['inventory group_vars of the parent', 'inv/group_vars/parent'],
  ['playbook group_vars/all', 'play/group_vars/all'],
  ['inventory group_vars/all', 'inv/group_vars/all.yml'],
  ['[child:vars]', 'child'],
  ['[parent:vars]', 'parent'],
  ['[all:vars]', 'all'],
]

test.each(LAYERS.map(([name], i) => [name, i] as const))('%s wins over all below it', async (name, top) => {
  const present = LAYERS.slice(top)
  const has = (where: string) => present.find(([, path]) => path === where)?.[0]
  const section = (group: string) => (has(group) ? `[${group}:vars]\nwinner="${has(group)}"\n` : '')
  const files: Record<string, string> = {}
  for (const [layer, path] of present) if (path.includes('/')) files[path] = JSON.stringify({ winner: layer })
  const own = has('host') ? ' winner="host line"' : ''
  files['inv/hosts'] =
    `[child]\nh${own}\n[parent:children]\nchild\n${section('all')}${section('parent')}${section('child')}`
  const root = scratch(files)
  const inventory = await loadInventory([join(root, 'inv', 'hosts')])
  const loaded = await loadVarFiles(inventory, [join(root, 'play')])
  expect(plain(hostVariables(inventory, loaded, 'h'))).toEqual({ winner: name })
})

test('directories of variables: sorted, deep, without hidden files, backups and other extensions', async () => {
  const root = scratch({
    hosts: '[web]\nh',
    'group_vars/web/10-a.yml': 'a: 1\nb: 1',
    'group_vars/web/20-b': 'b: 2',
    'group_vars/web/deep/c.json': '{"c": 3}',
    'group_vars/web/.hidden': 'broken: [',
    'group_vars/web/x.yml~': 'broken: [',
    'group_vars/web/x.txt': 'broken: [',
    'group_vars/web/not.yml.d/x.yml': 'broken: [',
    'host_vars/h': '',
  })
  const inventory = await loadInventory([join(root, 'hosts')])
  const files = await loadVarFiles(inventory, [])
  expect(plain(hostVariables(inventory, files, 'h'))).toEqual({ a: 1, b: 2, c: 3 })
})

test('warnings: a file in the shadow of another, a file for a name that is nearly there', async () => {
  const root = scratch({
    hosts: '[webservers]\nhost1',
    'group_vars/webservers': 'a: 1',
    'group_vars/webservers.yml': 'a: 2',
    'group_vars/elsewhere.yml': 'a: 3',
    'host_vars/hots1.yml': 'a: 4',
  })
  const inventory = await loadInventory([join(root, 'hosts')])
  const files = await loadVarFiles(inventory, [])
  expect(plain(hostVariables(inventory, files, 'host1'))).toEqual({ a: 1 })
  expect([...files.warnings].sort()).toEqual([
    `${root}/group_vars/webservers.yml: is not read, because webservers beside it is`,
    `${root}/host_vars/hots1.yml: no host has this name, so it is not read; did you mean "host1"?`,
  ])
})

test('host names that are paths never leave host_vars/', async () => {
  const root = scratch({ 'inv/hosts': '../../secret', 'inv/host_vars/x': 'a: 1', secret: 'leaked: 1' })
  const inventory = await loadInventory([join(root, 'inv', 'hosts')])
  expect(plain(hostVariables(inventory, await loadVarFiles(inventory, []), '../../secret'))).toEqual({})
})

describe('loadVarsFile', () => {
  test.each([
    ['x: [1', /v:1:\d+: YAML: /],
    ['- a', /v:1:1: the file is no mapping\n/],
    ['a: 1\na: 2', /v:2:1: YAML: map keys must be unique/],
    ['$ANSIBLE_VAULT;1.1;AES256\n61', /v:1:1: the file is encrypted with ansible-vault, which is not supported/],
  ])('%j is refused', async (text, message) => {
    expect(await rejection(loadVarsFile(join(scratch({ v: text }), 'v')))).toMatch(message)
  })

  test('missing files and directories', async () => {
    const root = scratch({ 'd/x': '' })
    expect(await rejection(loadVarsFile(join(root, 'nope')))).toBe(`${root}/nope: can't be read: no such file`)
    expect(await rejection(loadVarsFile(join(root, 'd')))).toBe(`${root}/d: can't be read: it is a directory`)
  })
})
