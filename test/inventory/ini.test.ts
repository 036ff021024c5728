import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupHosts } from '../../src/inventory/group-hosts.ts'
import { readHostNames } from '../../src/inventory/host-name.ts'
import { model, printIni } from './model.ts'
import { errorOf, fromIni, located, plain } from './support.ts'

const vars = (text: string, host: string) => plain(fromIni(text).hosts.get(host)?.vars)

test('sections, comments, aliases, groups without and with members', () => {
  const inventory = fromIni(`
# a comment
; another
solo ansible_host=10.0.0.1 # end
[web] # trailing
  web[1:2]:2222 a=1
web3 ansible_port=5 \r
[dc:children]
later
web # comment
[later]
web3 a=2
[dc:vars]
text = with spaces = and more
[empty]
`)
  expect([...inventory.hosts.keys()]).toEqual(['solo', 'web1', 'web2', 'web3'])
  expect(plain(inventory.hosts.get('web1')?.vars)).toEqual({ ansible_port: 2222, a: 1 })
  expect(plain(inventory.hosts.get('web3')?.vars)).toEqual({ ansible_port: 5, a: 2 })
  expect(inventory.hosts.get('web3')?.groups).toEqual(['all', 'dc', 'later', 'web'])
  expect(inventory.groups.get('ungrouped')?.hosts).toEqual(['solo'])
  expect(inventory.groups.get('all')?.children).toEqual(['ungrouped', 'dc', 'empty'])
  expect(inventory.groups.get('dc')).toMatchObject({ children: ['web', 'later'], depth: 1, priority: 1 })
  expect(inventory.groups.get('later')?.depth).toBe(2)
  expect(plain(inventory.groups.get('dc')?.vars)).toEqual({ text: 'with spaces = and more' })
  expect(groupHosts(inventory, 'dc')).toEqual(['web1', 'web2', 'web3'])
  expect(inventory.warnings).toEqual([])
})

test('an explicit port wins over host:port; a second port of a known host is ignored with a warning', () => {
  expect(vars('a:22 ansible_port=23', 'a')).toEqual({ ansible_port: 23 })
  const twice = fromIni('a:22\na:23')
  expect(plain(twice.hosts.get('a')?.vars)).toEqual({ ansible_port: 22 })
  expect(twice.warnings).toEqual([expect.stringContaining('the port 23 is ignored')])
})

test('ansible_group_priority orders groups of one depth and is no variable', () => {
  const inventory = fromIni('[a]\nh\n[b]\nh\n[a:vars]\nansible_group_priority=10\nx=1')
  expect(inventory.groups.get('a')).toMatchObject({ priority: 10, vars: { x: 1 } })
  expect(inventory.hosts.get('h')?.groups).toEqual(['all', 'b', 'a'])
})

test('warnings: odd group names, a host named like a group, repeats counted', () => {
  const inventory = fromIni('[x-y]\nx-y r=1.10\nb r=1.20\nc r=1.30')
  expect(inventory.warnings).toEqual([
    expect.stringContaining('hosts.ini:1:2: the group name "x-y" is no identifier'),
    expect.stringMatching(/hosts\.ini:2:7: "1\.10" is read as the number 1\.1.*\(and 2 more in this file\)$/),
    expect.stringContaining('x-y: is the name of a host and of a group'),
  ])
})

describe('every problem of a file is told, with its place', () => {
  test.each([
    ['[g h]', '1:1: invalid section header [g h]'],
    ['[g:bogus]', '1:4: section [g:bogus] has an unknown type'],
    ['[g:var]', 'did you mean "vars"?'],
    ['[g] ; c', 'a comment after a section header starts with #, not ;'],
    ['[g:vars]\nx=1', '1:2: [g:vars] is for a group that is not declared: g'],
    ['[p:children]\nx', '2:1: [p:children] includes a group that is not declared: x'],
    ['[p:children]\nwebs\n[web]', 'did you mean "web"?'],
    ['[p:children]\na=1', 'variables go under [p:vars]'],
    ['[a:children]\nb\n[b:children]\na', '4:1: making "a" a child of "b" closes a loop of groups'],
    ['[a:children]\na', 'closes a loop'],
    ['[g:children]\nall', 'closes a loop'],
    ['[g:children]\nungrouped', '"ungrouped" holds the hosts that are in no other group'],
    ['[g:vars]\nx', '2:1: expected key=value under [g:vars], got "x"'],
    ['h foo', '1:3: expected key=value after the host, got "foo"'],
    ['h =1', '1:3: expected key=value'],
    ['h x={{ y }}', 'a value with spaces needs quotes'],
    ['h x=a#b', '"#" inside a word'],
    ['h[3:1]', '1:2: the range is reversed'],
    ['---\nweb:', '"---" is not a host name'],
    ['[web]\nansible_user=root', '"ansible_user=root" is not a host name'],
    ['[g]\n[g:vars]\nansible_group_priority=high', '3:1: ansible_group_priority must be a whole number'],
  ])('%j', (text, message) => {
    expect(errorOf(() => fromIni(text))).toContain(message)
  })

  test('several at once, but not thousands', () => {
    expect(errorOf(() => fromIni('a[2:1]\nb\nc')).match(/^hosts\.ini:/gm)).toHaveLength(1)
    expect(errorOf(() => fromIni('a[2:1]\nb c\n')).match(/^hosts\.ini:/gm)).toHaveLength(2)
    expect(errorOf(() => fromIni('a b\n'.repeat(1000))).match(/^hosts\.ini:/gm)).toHaveLength(20)
  })
})

test('property: a printed inventory is read back', () => {
  fc.assert(
    fc.property(model, (groups) => {
      const inventory = fromIni(printIni(groups))
      const names = (host: string) => readHostNames(located(host)).names
      for (const group of groups) {
        const read = inventory.groups.get(group.name)
        expect(plain(read?.vars)).toEqual(group.vars)
        expect(new Set(read?.hosts)).toEqual(new Set(group.hosts.flatMap((host) => names(host.name))))
        expect(new Set(read?.children)).toEqual(new Set(group.children))
      }
      for (const host of inventory.hosts.values()) {
        const lines = groups.flatMap((group) => group.hosts).filter((line) => names(line.name).includes(host.name))
        const port = lines.some((line) => line.name === 'p:22') ? { ansible_port: 22 } : {}
        expect(plain(host.vars)).toEqual(Object.assign(port, ...lines.map((line) => line.vars)))
      }
    }),
  )
})
