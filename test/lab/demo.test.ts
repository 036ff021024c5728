import { describe, expect, test } from 'vitest'
import { oldBootUntouched } from '../../lab/demo/claims.ts'
import { parseRecap } from '../../lab/demo/runs.ts'
import { differences } from '../../lab/fleet/tree.ts'

test('parseRecap reads counts and nothing else', () => {
  const output =
    'PLAY RECAP ***\nweb1   : ok=7    changed=0    failed=0\nsmall1 : ok=1    changed=0    failed=1\nx : y\n'
  expect([...parseRecap(output)]).toEqual([
    ['web1', { ok: 7, changed: 0, failed: 0 }],
    ['small1', { ok: 1, changed: 0, failed: 1 }],
  ])
})

describe('what differs between two trees', () => {
  const before = new Map([
    ['/etc/a', '100644 1'],
    ['/boot', '40755 1'],
    ['/boot/vmlinuz', '100644 old'],
  ])

  test('is what was added, removed or changed', () => {
    const after = new Map([
      ['/etc/b', '100644 1'],
      ['/boot', '40755 1'],
      ['/boot/vmlinuz', '100644 new'],
    ])
    expect(differences(before, after)).toEqual(['/boot/vmlinuz', '/etc/a', '/etc/b'])
    expect(differences(before, after, '/boot/')).toEqual(['/boot/vmlinuz'])
    expect(differences(before, before)).toEqual([])
  })

  test('counts against an apply when it was there before, or is on a host that should be left alone', () => {
    const added = new Map([...before, ['/boot/new', '100644 1'], ['/boot', '40755 2']])
    const against = (host: string, tree: typeof before) =>
      oldBootUntouched(new Map([[host, before]]), new Map([[host, tree]])).against
    expect(against('web1', added)).toEqual([])
    expect(against('small1', added)).toEqual(['small1: /boot/new is new'])
    expect(against('web1', new Map([['/boot/vmlinuz', '100644 new']]))).toEqual(['web1: /boot/vmlinuz'])
  })
})
