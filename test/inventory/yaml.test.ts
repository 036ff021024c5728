import { describe, expect, test } from 'vitest'
import { TemplateText } from '../../src/expression/values.ts'
import { errorOf, fromYaml, plain } from './support.ts'

const varsOf = (text: string) =>
  plain(fromYaml(`all:\n  hosts:\n    h:\n${text.replace(/^/gm, '      ')}`).hosts.get('h')?.vars)

test('groups, hosts, children, ranges and ports', () => {
  const inventory = fromYaml(`
all:
  vars: {dc: 1}
  children:
    web:
      hosts:
        web[1:2]:2222: {a: 1}
        "[fe80::1]:23":
    db:
      hosts: db1
      children: replicas
replicas:
  hosts:
    db1: {b: 2}
`)
  expect(plain(inventory.hosts.get('web1')?.vars)).toEqual({ ansible_port: 2222, a: 1 })
  expect(plain(inventory.hosts.get('fe80::1')?.vars)).toEqual({ ansible_port: 23 })
  expect(inventory.hosts.get('db1')).toMatchObject({ groups: ['all', 'db', 'replicas'], vars: { b: 2 } })
  expect(plain(inventory.groups.get('all')?.vars)).toEqual({ dc: 1 })
})

describe('plain scalars are typed as PyYAML types them', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['0644', 420],
    ['0o17', '0o17'],
    ['0x1F', 31],
    ['1_000', 1000],
    ['-0b11', -3],
    ['1:30', 90],
    ['1e3', '1e3'],
    ['1.5e+3', 1500],
    ['1.50', 1.5],
    ['~', null],
    ['NULL', null],
    ['2024-01-02', '2024-01-02'],
    ['08', '08'],
    ['12345678901234567890', '12345678901234567890'],
    ['"5"', '5'],
    ["'no'", 'no'],
    ['!!str 5', '5'],
    ['!!int 5', 5],
    ['[1, yes, {k: off}]', [1, true, { k: false }]],
    ['|\n  two\n  lines', 'two\nlines\n'],
    ['>-\n  one\n  line', 'one line'],
  ])('%j', (text, value) => {
    expect(varsOf(`x: ${text.replaceAll('\n', '\n ')}`)).toEqual({ x: value })
  })

  test('a file that is JSON has JSON numbers', () => {
    expect(plain(fromYaml('{"all": {"hosts": {"h": {"x": 1e3, "y": "1e3"}}}}').hosts.get('h')?.vars)).toEqual({
      x: 1000,
      y: '1e3',
    })
  })
})

test('anchors, merge keys, and nested aliases that would be billions of values', () => {
  expect(varsOf('base: &b {k: 1, l: 2}\nmine: {<<: *b, l: 3}\nlist: {<<: [{k: 9}, *b]}')).toEqual({
    base: { k: 1, l: 2 },
    mine: { k: 1, l: 3 },
    list: { k: 9, l: 2 },
  })
  const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1}, *a${i - 1}` : 1}]`).join('\n')
  const vars = fromYaml(`all:\n  hosts:\n    h:\n${bomb.replace(/^/gm, '      ')}`).hosts.get('h')?.vars
  expect(Object.keys(vars ?? {})).toHaveLength(30)
})

test('text with marks is a template at its place; !unsafe never is', () => {
  const vars =
    fromYaml(
      'all:\n  hosts:\n    h:\n      a: "{{ x }}"\n      b: !unsafe "{{ x }}"\n      c: {d: "{% if %}"}',
    ).hosts.get('h')?.vars ?? {}
  expect(vars.a).toBeInstanceOf(TemplateText)
  expect((vars.a as TemplateText).origin.toString()).toBe('hosts.yml:4:11')
  expect(vars.b).toBe('{{ x }}')
  expect((vars.c as { d: unknown }).d).toBeInstanceOf(TemplateText)
})

describe('what is refused, with its place', () => {
  test.each([
    ['all:\n  host:\n    a:', '2:3: unknown key "host" in the group "all"', 'did you mean "hosts"?'],
    ['all:\n  hosts: [a, b]', '2:10: "hosts" of the group "all" must be a mapping', 'end each name with a colon'],
    ['all:\n  hosts:\n    127:', '3:5: a host name must be a string', 'put it into quotes: "127"'],
    ['1:\n  hosts: a', '1:1: a group name must be a string', 'quotes'],
    ['web: [a]', '1:6: the group "web" must be a mapping', ''],
    ['web:\n  hosts:\n    a: 5', '3:8: the host "a" must be a mapping', ''],
    ['web:\n  hosts:\n    a[3:1]:', '3:6: the range is reversed', ''],
    ['web:\n  hosts:\n    "a[3:1]":', '3:7: the range is reversed', ''],
    ['web:\n  vars: {a: 1, a: 2}', '2:16: YAML: map keys must be unique', 'the first value would be lost'],
    ['web: {hosts: *nope}', '1:14: there is no anchor &nope', ''],
    ['web:\n\thosts: a', '2:1: YAML: tabs are not allowed', 'indent with spaces'],
    ['- a', '1:1: the file is no mapping', 'expected groups with hosts, vars and children'],
    ['plugin: aws_ec2\nregions: x', '1:1: the configuration of an inventory plugin', 'executable inventory'],
    ['a:\n  children:\n    b:\n      children:\n        a:', 'closes a loop of groups', ''],
    ['a: &a\n  children:\n    b: *a', 'contains itself', ''],
    ['all:\n  vars: &v\n    x: *v', 'the anchor contains itself', ''],
    [
      'all:\n  vars:\n    s: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      61',
      'values encrypted with ansible-vault are not supported',
      'pass the secret with -e @FILE',
    ],
    ['all:\n  vars:\n    s: !!int x', 'the tag !!int does not fit "x"', ''],
    ['a: 1\n---\nb: 2', 'YAML: source contains multiple documents', 'one file holds one document'],
  ])('%j', (text, message, hint) => {
    const error = errorOf(() => fromYaml(text))
    expect(error).toContain(message)
    expect(error).toContain(hint)
    expect(error).toMatch(/^hosts\.yml:\d+:\d+: /)
  })
})
