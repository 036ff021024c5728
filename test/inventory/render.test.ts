import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import yargs from 'yargs'
import { inventoryCommand } from '../../src/cli/inventory.ts'
import { scratch } from './scratch.ts'
import { rejection } from './support.ts'

const root = scratch({
  'hosts.ini': '[web]\nweb[1:2] r=9.10 t="{{ x }}"\n[top:children]\nweb\n',
  'play/group_vars/web.yml': 'from: playbook',
})
const hosts = join(root, 'hosts.ini')

/** What the command writes to stdout and stderr. */
async function run(...args: string[]): Promise<{ out: string; warnings: string }> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await yargs(['inventory', ...args])
      .command(inventoryCommand)
      .strict()
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? new Error(message)
      })
      .parseAsync()
    const text = (spy: typeof out) => spy.mock.calls.map(([chunk]) => String(chunk)).join('')
    return { out: text(out), warnings: text(err) }
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
}

test('--graph', async () => {
  const { out, warnings } = await run('-i', hosts, '--graph')
  expect(out).toBe('@all:\n  |--@ungrouped:\n  |--@top:\n  |  |--@web:\n  |  |  |--web1\n  |  |  |--web2\n')
  expect(warnings).toMatch(/^warning: .*hosts\.ini:2:12: "9\.10" is read as the number 9\.1/)
})

test('--list, with a limit and variables beside a playbook', async () => {
  const { out } = await run('-i', hosts, '--list', '-l', 'web2', '--playbook-dir', join(root, 'play'))
  expect(JSON.parse(out)).toEqual({
    _meta: { hostvars: { web2: { from: 'playbook', r: 9.1, t: '{{ x }}' } } },
    all: { children: ['ungrouped', 'top'] },
    top: { children: ['web'] },
    web: { hosts: ['web2'] },
  })
})

test('--host, without the variables that the engine makes, and with control characters escaped', async () => {
  const { out } = await run(
    '-i',
    `${hosts}`,
    '-i',
    join(scratch({ x: 'web1 groups=1 omit=2 "c=\u009b"' }), 'x'),
    '--host',
    'web1',
  )
  expect(out).toBe('{\n    "c": "\\u009b",\n    "r": 9.1,\n    "t": "{{ x }}"\n}\n')
})

describe('what is refused', () => {
  test.each<[string[], string]>([
    [['-i', hosts], 'give exactly one of --list, --graph and --host NAME'],
    [['-i', hosts, '--list', '--graph'], 'give exactly one of'],
    [['--list'], 'no inventory is given: use -i FILE'],
    [['-i', hosts, '--host', 'wbe1'], 'no host "wbe1" in the inventory\n  did you mean "web1"?'],
    [['-i', hosts, '--host', 'web1', '-l', 'web2'], 'the limit leaves out the host "web1"'],
    [['-i', hosts, '--list', '-l', ''], 'the pattern is empty'],
    [['-i', hosts, '--list', '--bogus'], 'Unknown argument'],
  ])('%j', async (args, message) => {
    expect(await rejection(run(...args))).toContain(message)
  })
})
