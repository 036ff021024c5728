import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { selectLimit } from '../../../src/inventory/limit.ts'
import { loadInventory } from '../../../src/inventory/load.ts'
import { type InventoryView, renderInventory } from '../../../src/inventory/render.ts'
import { selectHosts } from '../../../src/inventory/select.ts'
import { loadVarFiles } from '../../../src/inventory/vars-files.ts'
import { inScratch, runAnsible } from './ansible.ts'

const META = {
  _meta: { hostvars: { s1: { a: [1], t: '{{ x }}' } } },
  script: { hosts: ['s1', 's2'], vars: { v: true } },
  alone: { b: 1 },
}

/** One tree with every kind of source, and all layers of variables. */
const TREE: Readonly<Record<string, string>> = {
  'inv/10-hosts':
    'solo ansible_host=10.0.0.1\n[web]\nweb[01:03]:2222 r=9.10 q="a#b" m=\'{"k": [1, None]}\'\n[dc:children]\nweb\ndb\n[db]\ndb1\n[dc:vars]\nlevel=dc\n',
  'inv/20-more.yml':
    'web:\n  vars: {mode: 0644, flag: yes, y: y, when: 1e3}\n  hosts:\n    web01: {own: 1.50, nested: {b: 1, a: [x, ~]}}\n    extra:\n',
  'inv/30-script': `#!/bin/sh\ncat <<'END'\n${JSON.stringify(META)}\nEND\n`,
  'inv/group_vars/all.yml': 'level: all file\nfrom: inventory\n',
  'inv/group_vars/dc/a.yml': 'level: dc directory\n',
  'inv/group_vars/dc/b.json': '{"number": 1e3}',
  'inv/host_vars/web02': 'é: "ü\\u2028\\t"\n',
  'play/group_vars/all': 'from: playbook\n',
  'play/host_vars/web03.yaml': 'level: host\n',
}

function written(root: string): void {
  for (const [name, text] of Object.entries(TREE)) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    if (text.startsWith('#!')) chmodSync(path, 0o755)
  }
}

test.each<[string[], InventoryView]>([
  [['--list'], { kind: 'list' }],
  [['--graph'], { kind: 'graph' }],
  [['--host', 'web01'], { kind: 'host', name: 'web01' }],
  [['--host', 's1'], { kind: 'host', name: 's1' }],
])('`ansible-inventory %j` prints what we print', async (args, view) => {
  await inScratch(async (root) => {
    written(root)
    const source = join(root, 'inv')
    const { code, stdout } = runAnsible('ansible-inventory', [
      '-i',
      source,
      '-i',
      'last1,last2:22,',
      '--playbook-dir',
      join(root, 'play'),
      ...args,
    ])
    expect(code).toBe(0)
    const inventory = await loadInventory([source, 'last1,last2:22,'])
    const files = await loadVarFiles(inventory, [join(root, 'play')])
    const ours = `${renderInventory(inventory, files, view)}\n`
    // The same values; Python shows whole floats as 1000.0.
    if (view.kind === 'graph') expect(ours).toBe(stdout)
    else expect(ours).toBe(stdout.replace(/\b(\d+)\.0\b(?!\.)(?=,?$)/gm, '$1'))
  })
})

/** Inventories that Ansible accepts (exit 0) and we refuse, each with the reason. */
test.each<[string, string | undefined, string]>([
  ['a source that is not there', undefined, 'it warns, and runs on nothing'],
  ['an empty file', '', 'it runs on nothing'],
  ['a reversed range', 'ok\nx[3:1]\n', 'the line gives no hosts, silently'],
  ['# inside a word', 'h m=a#b n=1\n', 'the rest of the line is lost, silently'],
  ['a source that can not be parsed', '[g:vars]\nx=1\n', 'it warns, and runs on nothing'],
  ['an unknown key', '---\nweb:\n  hosts: {a: }\n  host: {b: }\n', 'it warns and goes on without the hosts'],
  ['duplicate keys', '---\nweb: {hosts: {a: }}\nweb: {hosts: {b: }}\n', 'the first value is lost with a warning'],
  ['a host name with a colon', 'h:ssh\n', 'the host is called h:ssh'],
])('%s', async (_, text) => {
  await inScratch(async (root) => {
    const source = join(root, 'hosts')
    if (text !== undefined) writeFileSync(source, text)
    expect(runAnsible('ansible-inventory', ['-i', source, '--list']).code).toBe(0)
    await expect(loadInventory([source])).rejects.toMatchObject({ name: 'UserError' })
  })
})

test('an .ini file in a directory, which Ansible 2.14 leaves out silently, is read', async () => {
  await inScratch(async (root) => {
    mkdirSync(join(root, 'inv'))
    writeFileSync(join(root, 'inv', 'hosts.ini'), 'h1\n')
    expect(JSON.parse(runAnsible('ansible-inventory', ['-i', join(root, 'inv'), '--list']).stdout)).toEqual({
      _meta: { hostvars: {} },
      all: { children: ['ungrouped'] },
    })
    expect([...(await loadInventory([join(root, 'inv')])).hosts.keys()]).toEqual(['h1'])
  })
})

test('ranges in a comma list are expanded; Ansible makes one host of them', async () => {
  const { stdout } = runAnsible('ansible', ['-i', 'web[1:2],', 'all', '--list-hosts'])
  expect(stdout).toContain('web[1:2]')
  expect([...(await loadInventory(['web[1:2],'])).hosts.keys()]).toEqual(['web1', 'web2'])
})

test('variables of a host that has the name of a group are its own; Ansible gives them to the group', async () => {
  await inScratch(async (root) => {
    const source = join(root, 'hosts')
    writeFileSync(source, '[web]\nother\n[more]\nweb x=1\n')
    const listed = JSON.parse(runAnsible('ansible-inventory', ['-i', source, '--list']).stdout)
    expect(listed._meta.hostvars).toEqual({ other: { x: 1 } })
    const inventory = await loadInventory([source])
    const ours = JSON.parse(renderInventory(inventory, await loadVarFiles(inventory, []), { kind: 'list' }))
    expect(ours._meta.hostvars).toEqual({ web: { x: 1 } })
  })
})

test('a subscript after a glob counts each host once; Ansible counts a host again for its own name', async () => {
  await inScratch(async (root) => {
    const source = join(root, 'hosts')
    writeFileSync(source, '[web]\nweb1\nweb2\n[db]\nwebdb\n')
    expect(runAnsible('ansible', ['-i', source, 'web*[2]', '--list-hosts']).stdout).toContain('web1')
    expect(selectHosts('web*[2]', await loadInventory([source])).hosts).toEqual(['webdb'])
  })
})

test('an empty limit is refused; for Ansible it means all hosts', async () => {
  await inScratch(async (root) => {
    const file = join(root, 'limit')
    writeFileSync(file, '\n')
    for (const limit of ['', ',', `@${file}`]) {
      expect(runAnsible('ansible', ['-i', 'a,b,', 'all', '--list-hosts', '--limit', limit]).stdout).toContain(
        'hosts (2)',
      )
      await expect(selectLimit(limit, await loadInventory(['a,b,']))).rejects.toMatchObject({ name: 'UserError' })
    }
  })
})

test('a reader that goes away ends the listing without a word', async () => {
  await inScratch(async (root) => {
    const source = join(root, 'hosts')
    writeFileSync(source, 'n[1:10000] r=1.10\n')
    const top = join(import.meta.dirname, '../../..')
    const command = `'${join(top, 'node_modules/.bin/tsx')}' '${join(top, 'src/cli/main.ts')}' inventory -i '${source}' --list | head -n 1`
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect(stdout).toBe('{\n')
    expect(stderr).toMatch(/^warning: .*read as the number 1\.1; to keep the text write "'1\.10'"\n$/)
  })
})
