import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RequestFile, requestFile } from '../../../../src/tasks/upgrade/request.ts'
import { conflictsOf } from '../../../../src/tasks/upgrade/request-conflicts.ts'
import { requestDiff } from '../../../../src/tasks/upgrade/request-diff.ts'
import { mergeRequests } from '../../../../src/tasks/upgrade/request-merge.ts'
import type { Wish } from '../../../../src/tasks/upgrade/request-wish.ts'

const input = { arch: 'x86_64', sourceRelease: '8', targetRelease: '9' }
const merge = (wishes: readonly Wish[]) => mergeRequests(input, wishes)

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.constantFrom('/p/70a', '/p/./70a', '/q/70b', '/q/70b/')
const module = fc
  .record({ name, path: fc.option(path, { nil: undefined }) })
  .map(({ name, path }) => (path ? { name, path } : { name }))
const parts = fc.record(
  {
    dracut_modules: fc.array(module, { maxLength: 3 }),
    kernel_modules: fc.array(
      fc.tuple(module, fc.boolean()).map(([driver, optional]) => (optional ? { ...driver, optional } : driver)),
      { maxLength: 3 },
    ),
    include_files: fc.array(path, { maxLength: 2 }),
    kernel_args: fc.record({ add: fc.array(name), remove: fc.array(name) }),
  },
  { requiredKeys: [] },
)
const script = fc.record({ path, timeout: fc.constant(60) })
const request = fc
  .tuple(
    parts,
    fc.record(
      {
        install_rpms: fc.array(name),
        copy_files: fc.array(fc.record({ src: path, dst: path })),
        target: parts,
        services: fc.record({ enable: fc.array(name), disable: fc.array(fc.constantFrom('d', 'e.timer')) }),
        scripts: fc.record({ after_transaction: fc.array(script), first_boot: fc.array(script) }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([image, rest]): Omit<RequestFile, 'when'> => ({ ...image, ...rest }))
const wish: fc.Arbitrary<Wish> = fc.record({
  by: fc.constantFrom('play', 'built-in:base', 'requests.d/x.yml'),
  request,
  paths: fc.constantFrom('host' as const, 'controller' as const),
  lvmconf: fc.boolean(),
})
const wishes = fc.array(wish, { maxLength: 6 })

describe('merging', () => {
  test('a driver that one asks for is not optional because another would do without it', () => {
    const wish = (by: string, driver: { name: string; path?: string; optional?: boolean }): Wish => ({
      by,
      paths: 'host',
      request: { kernel_modules: [driver] },
    })
    const { upgrade } = merge([
      wish('built-in:watchdog-drivers', { name: 'softdog', optional: true }),
      wish('play', { name: 'softdog', optional: false }),
      wish('built-in:watchdog-drivers', { name: 'lpc_ich', optional: true }),
    ])
    expect(upgrade.kernelModules).toEqual([
      { value: { name: 'lpc_ich', source: { kind: 'container' }, optional: true }, by: ['built-in:watchdog-drivers'] },
      { value: { name: 'softdog', source: { kind: 'container' } }, by: ['built-in:watchdog-drivers', 'play'] },
    ])
  })

  test('does not depend on the order of the wishes', () => {
    const shuffled = wishes.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    )
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(merge(other)).toEqual(merge(list))
      }),
    )
  })

  test('counts a wish once', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        expect(merge([...list, ...list])).toEqual(merge(list))
      }),
    )
  })

  test('gives each thing once, sorted, with everybody who asked', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const { installRpms, upgrade } = merge(list)
        const names = installRpms.map(({ value }) => value)
        expect(names).toEqual([...new Set(list.flatMap(({ request }) => request.install_rpms ?? []))].sort())
        for (const { by } of [...installRpms, ...upgrade.dracutModules]) expect(by).toEqual([...new Set(by)].sort())
      }),
    )
  })

  test('the digest names the content, not the askers and not the controller’s folders', () => {
    const one = (by: string, dir: string) =>
      merge([{ by, paths: 'controller', request: { dracut_modules: [{ name: 'a', path: `${dir}/70a` }] } }])
    expect(one('play', '/home/ann').digest).toBe(one('requests.d/a.yml', '/srv').digest)
    expect(one('play', '/x').digest).not.toBe(
      merge([{ by: 'play', paths: 'host', request: { dracut_modules: [{ name: 'a', path: '/x/70a' }] } }]).digest,
    )
  })

  test('two sources for a name are a conflict, and only these', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const merged = merge(list)
        const sources = (modules: typeof merged.upgrade.dracutModules) =>
          modules.length - new Set(modules.map(({ value }) => value.name)).size
        const all = [merged.upgrade, merged.target].flatMap((image) => [image.dracutModules, image.kernelModules])
        const copies = merged.copyFiles.length - new Set(merged.copyFiles.map(({ value }) => value.dst)).size
        expect(conflictsOf(merged).length > 0).toBe(copies > 0 || all.some((modules) => sources(modules) > 0))
      }),
    )
  })
})

describe('what is asked of the new system', () => {
  const ask = (by: string, request: Wish['request']): Wish => ({ by, request, paths: 'controller' })

  test('a service without a suffix is the service of that name', () => {
    const merged = merge([
      ask('play', { services: { enable: ['httpd', 'backup.timer'] } }),
      ask('requests.d/a.yml', { services: { enable: ['httpd.service'] } }),
    ])
    expect(merged.services.enable).toEqual([
      { value: 'backup.timer', by: ['play'] },
      { value: 'httpd.service', by: ['play', 'requests.d/a.yml'] },
    ])
  })

  test('a service that is to be both enabled and disabled is a conflict that names everybody', () => {
    const merged = merge([
      ask('play', { services: { enable: ['httpd'] } }),
      ask('requests.d/a.yml', { services: { disable: ['httpd.service', 'cups'] } }),
      ask('requests.d/b.yml', { services: { disable: ['httpd'] } }),
    ])
    expect(conflictsOf(merged)).toEqual([
      'service httpd.service of the new system: enabled (play) and disabled (requests.d/a.yml, requests.d/b.yml)',
    ])
  })

  test('scripts run in the order of their names, equal names in the order of those who asked', () => {
    const merged = merge([
      ask('requests.d/20-b.yml', {
        scripts: { first_boot: [{ path: '/b/20-two' }, { path: '/b/10-one', timeout: 5 }] },
      }),
      ask('requests.d/10-a.yml', { scripts: { first_boot: [{ path: '/a/20-two' }] } }),
    ])
    expect(merged.scripts.firstBoot.map(({ value }) => [value.source.path, value.timeout])).toEqual([
      ['/b/10-one', 5],
      ['/a/20-two', 600],
      ['/b/20-two', 600],
    ])
  })

  test('a script that two ask for is run once, but not with two time limits', () => {
    const asking = (by: string, timeout: number) =>
      ask(by, { scripts: { after_transaction: [{ path: '/a/10-x', timeout }] } })
    const same = merge([asking('play', 60), asking('requests.d/a.yml', 60)])
    expect(same.scripts.afterTransaction).toHaveLength(1)
    expect(conflictsOf(same)).toEqual([])
    expect(conflictsOf(merge([asking('play', 60), asking('requests.d/a.yml', 90)]))).toEqual([
      'time limit of the script /a/10-x on the controller after the transaction: 60 s (play) and 90 s (requests.d/a.yml)',
    ])
  })

  test('a script’s name with other characters than a file name needs is refused', () => {
    const accepted = (path: string) => requestFile.safeParse({ scripts: { first_boot: [{ path }] } }).success
    expect(['/a/b c', '/a/.hidden', '/a/x\ny', '/', '/a/-x', '/a/$(id)', '/a/x\t'].filter(accepted)).toEqual([])
    expect(['/a/10-x.sh', 'files/x'].filter(accepted)).toEqual(['/a/10-x.sh', 'files/x'])
  })
})

describe('the difference between two requests', () => {
  const a = merge([{ by: 'play', paths: 'host', request: { install_rpms: ['x', 'y'] } }])
  const b = merge([
    { by: 'play', paths: 'host', request: { install_rpms: ['y'] } },
    { by: 'host:/etc/upgrade-push/requests.d/z.yml', paths: 'host', request: { install_rpms: ['y', 'z'] } },
  ])

  test('names what came, what went and whose it is now', () => {
    expect(requestDiff(a, b)).toEqual([
      {
        kind: 'items',
        title: 'request',
        added: ['package z (host:/etc/upgrade-push/requests.d/z.yml)'],
        removed: ['package x (play)'],
        changed: ['package y: asked for by host:/etc/upgrade-push/requests.d/z.yml, play, was play'],
      },
    ])
  })

  test('is empty for a request and itself', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        expect(requestDiff(merge(list), merge(list))).toMatchObject([{ added: [], removed: [], changed: [] }])
      }),
    )
  })
})
