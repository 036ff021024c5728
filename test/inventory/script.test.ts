import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TemplateText } from '../../src/expression/values.ts'
import { type InventoryIo, machine } from '../../src/inventory/io.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { scratch } from './scratch.ts'
import { plain, rejection } from './support.ts'

const script = (body: string) => join(scratch({ hosts: `#!/bin/sh\n${body}\n` }), 'hosts')
const listing = (json: object) => script(`[ "$1" = --list ] || exit 9\ncat <<'END'\n${JSON.stringify(json)}\nEND`)

test('groups as lists, as objects, as one host with variables; _meta spares --host', async () => {
  const inventory = await loadInventory([
    listing({
      web: ['w1', 'w2'],
      db: { hosts: ['d1'], vars: { port: 5432, greeting: 'hi {{ name }}' }, children: ['replicas'] },
      lonely: { answer: 42 },
      _meta: { hostvars: { w1: { a: [1, '{{ x }}'] }, unknown: { b: 1 } } },
    }),
  ])
  expect([...inventory.hosts.keys()]).toEqual(['w1', 'w2', 'd1', 'lonely'])
  expect(plain(inventory.hosts.get('w1')?.vars)).toEqual({ a: [1, '{{ x }}'] })
  expect(inventory.groups.get('db')).toMatchObject({ hosts: ['d1'], children: ['replicas'] })
  expect(inventory.groups.get('lonely')).toMatchObject({ hosts: ['lonely'], vars: { answer: 42 } })
  const greeting = inventory.groups.get('db')?.vars.greeting as TemplateText
  expect(greeting).toBeInstanceOf(TemplateText)
  expect(greeting.origin.toString()).toMatch(/hosts \(db\.vars\.greeting\):1:1$/)
})

test('without _meta each host is asked for; no output means no variables', async () => {
  const path = script(`case "$1" in
--list) echo '{"web": ["w1", "w2"]}';;
--host) [ "$2" = w1 ] && echo '{"me": "w1"}'; exit 0;;
esac`)
  const inventory = await loadInventory([path])
  expect(plain(inventory.hosts.get('w1')?.vars)).toEqual({ me: 'w1' })
  expect(plain(inventory.hosts.get('w2')?.vars)).toEqual({})
})

describe('what is refused', () => {
  test.each<[string, string, RegExp]>([
    [
      'a failure',
      'echo first >&2; printf "cause \\033[31mred" >&2; exit 3',
      /--list: failed with exit code 3\n {2}first\n {2}cause \[31mred$/,
    ],
    ['a silent failure', 'exit 1', /failed with exit code 1\n {2}it wrote nothing to stderr$/],
    ['a signal', 'kill -9 $$', /--list: was ended by SIGKILL/],
    ['no JSON', 'echo hello', /the output is not JSON: .*\n {2}run .*hosts --list to see it/],
    ['no object', 'echo "[1]"', /the output must be a JSON object, not a list$/],
    ['bytes', "printf '\\377'", /the output is not UTF-8$/],
    ['bad hosts', `echo '{"web": {"hosts": "w1"}}'`, /web\.hosts must be a list of names$/],
    ['bad name', `echo '{"web": ["-oProxyCommand=x"]}'`, /"-oProxyCommand=x" in the group "web" is not a host name$/],
    ['bad vars', `echo '{"web": {"vars": [1]}}'`, /web\.vars must be a JSON object, not a list$/],
    ['a loop', `echo '{"a": {"children": ["b"]}, "b": {"children": ["a"]}}'`, /closes a loop of groups/],
    ['nothing', `echo '{}'`, /^no hosts in the inventory/],
  ])('%s', async (_, body, message) => {
    expect(await rejection(loadInventory([script(body)]))).toMatch(message)
  })

  test('no exec bit, no interpreter', async () => {
    const path = script('echo {}')
    chmodSync(path, 0o644)
    expect(await rejection(loadInventory([path]))).toMatch(/begins with #! but is not executable\n {2}chmod \+x/)
    const missing = join(scratch({ hosts: '#!/no/such/interpreter\n' }), 'hosts')
    expect(await rejection(loadInventory([missing]))).toMatch(/--list: can't be run: no such file$/)
  })

  test.each([0o775, 0o757])('a script that others may write, mode %o, as root', async (mode) => {
    const path = listing({ web: ['w1'], _meta: { hostvars: {} } })
    chmodSync(path, mode)
    const asRoot: InventoryIo = { ...machine, uid: 0 }
    expect(await rejection(loadInventory([path], asRoot))).toMatch(
      /not run as root: others may write it \(mode 07\d\d\).*\n {2}chmod go-w/,
    )
    const asUser: InventoryIo = { ...machine, uid: 1000 }
    expect((await loadInventory([path], asUser)).hosts.size).toBe(1)
  })
})
