import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderInventory, renderKnownHosts, renderSshConfig } from '../../lab/fleet/inventory.ts'
import { demoHosts, planHosts } from '../../lab/fleet/plan.ts'
import { runFiles } from '../../lab/fleet/run-files.ts'

describe('planHosts', () => {
  test('gives every host of a fleet an address of its own in the block', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 234 }), fc.integer({ min: 0, max: 254 }), (plain, block) => {
        const hosts = planHosts(demoHosts(plain), block)
        expect(new Set(hosts.map((host) => host.address)).size).toBe(plain + 6)
        for (const { address } of hosts) expect(Number(address.split('.')[3])).toBeLessThan(255)
        expect(hosts.every((host) => host.address.startsWith(`127.23.${block}.`))).toBe(true)
      }),
    )
  })

  test('refuses double and bad names and too many hosts, each by name', () => {
    const plain = (name: string) => ({ name, kind: 'plain' }) as const
    expect(() => planHosts([plain('a'), plain('a')], 1)).toThrow("host name 'a' is there twice")
    for (const bad of ['', 'A', 'a b', '../a', '-a'])
      expect(() => planHosts([plain(bad)], 1)).toThrow('is no host name')
    expect(() => planHosts(demoHosts(235), 1)).toThrow('at most 240 hosts, not 241')
  })

  test('makes the small /boot small and leaves an explicit size alone', () => {
    const [small, own] = planHosts(
      [
        { name: 's', kind: 'small-boot' },
        { name: 'o', kind: 'small-boot', bootMiB: 99 },
      ],
      1,
    )
    expect(small?.bootMiB).toBeLessThan(64)
    expect(own?.bootMiB).toBe(99)
  })
})

describe('what a user gets', () => {
  const files = runFiles('unit')
  const hosts = planHosts(demoHosts(2), 7)

  test('an inventory whose groups cover every host', () => {
    const text = renderInventory(hosts, files)
    const group = (name: string) => new RegExp(`^\\[${name}\\]\n((?:.+\n)*)`, 'm').exec(text)?.[1]?.trim().split('\n')
    expect(group('plain')).toEqual(['web1', 'web2'])
    expect(group('healthy')).toEqual(['web1', 'web2', 'lvm1', 'req1'])
    expect(group('broken')).toEqual(['small1', 'conflict1', 'down1', 'rekeyed1'])
    expect(group('special')).toEqual(['lvm1', 'req1', 'small1', 'conflict1', 'down1', 'rekeyed1'])
    expect(text).toContain(`ansible_ssh_common_args='-o UserKnownHostsFile=${files.knownHosts}'`)
    expect(text).toMatch(/^web2 +ansible_host=127\.23\.7\.11$/m)
  })

  test('known_hosts with the port in brackets, and strict ssh settings', () => {
    const keys = new Map(hosts.map((host) => [host.name, `ssh-ed25519 KEY${host.name} ${host.name}\n`]))
    expect(renderKnownHosts(hosts, keys).split('\n')[0]).toBe('[127.23.7.10]:2222 ssh-ed25519 KEYweb1')
    expect(renderSshConfig(hosts, files)).toContain('StrictHostKeyChecking yes')
  })

  test('no fleet name that leads out of the state folder', () => {
    for (const bad of ['', '..', 'a/b', 'A', '.x']) expect(() => runFiles(bad)).toThrow('is no fleet name')
  })
})
