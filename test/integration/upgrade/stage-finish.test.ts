import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import type { MergedRequest } from '../../../src/tasks/upgrade/request.ts'
import { stageFinishTask } from '../../../src/tasks/upgrade/stage-finish.ts'
import { aRequest } from './a-request.ts'
import { RpmHost, step } from './rpm-host.ts'

describe('stage_finish', () => {
  let host: RpmHost
  let dir: string
  beforeAll(async () => {
    host = await RpmHost.create()
    dir = await mkdtemp(join(tmpdir(), 'upgrade-push-play-'))
    mkdirSync(join(dir, '70site'))
    writeFileSync(join(dir, '70site/module-setup.sh'), 'check() { return 255; }\n')
    writeFileSync(join(dir, '10-app'), '#!/bin/sh\necho app\n', { mode: 0o755 })
    await host.sh(`mkdir -p /opt/nic /etc/systemd/system/x.wants && echo driver >/opt/nic/nic.ko && echo db >/opt/10-db && chmod 755 /opt/10-db
ln -s /nowhere/a.service /etc/systemd/system/x.wants/a.service`)
  })
  afterAll(async () => {
    await host.remove()
    await rm(dir, { recursive: true })
  })

  const asked = <T>(...values: T[]) => values.map((value) => ({ value, by: ['test'] }))
  const request = (): MergedRequest => ({
    ...aRequest().request,
    target: {
      dracutModules: asked({ name: 'site', source: { kind: 'controller' as const, path: join(dir, '70site') } }),
      kernelModules: asked({ name: 'nic', source: { kind: 'host' as const, path: '/opt/nic' } }),
      includeFiles: [],
      kernelArgs: { add: asked('site=1'), remove: [] },
    },
    scripts: {
      afterTransaction: asked({ name: '10-db', source: { kind: 'host' as const, path: '/opt/10-db' }, timeout: 60 }),
      firstBoot: asked({
        name: '10-app',
        source: { kind: 'controller' as const, path: join(dir, '10-app') },
        timeout: 600,
      }),
    },
  })
  const stage = (wanted = request(), kill?: { onText: string }) =>
    step(host, stageFinishTask, {
      args: {},
      given: { request: wanted },
      files: createControllerFiles({ playbookDir: dir, assetsDir: resolve('assets') }),
      ...(kill ? { kill } : {}),
    })
  const staged = (place: string) => readFileSync(host.state(`finish/${place}`), 'utf8')

  test('everything that the final steps need lies on the host, private, and a second time changes nothing', async () => {
    const { before, after, failure } = await stage()
    expect(failure).toBeUndefined()
    expect(before.kind).toBe('change')
    expect(after).toMatchObject({ kind: 'ok' })
    expect(staged('kernels')).toBe(`${host.distro.kernel8}\n`)
    expect(staged('dangling-links').split('\n')).toContain('/etc/systemd/system/x.wants/a.service')
    expect(staged('settings')).toMatch(/^from 8\.0\nto 9\.0\nbooted \S+\nselinux disabled\n$/)
    expect(staged('scripts-after-transaction')).toBe('60 01-10-db\n')
    expect(staged('scripts/after-transaction/01-10-db')).toBe('db\n')
    expect(staged('scripts/first-boot/01-10-app')).toBe('#!/bin/sh\necho app\n')
    expect(staged('target/dracut/70site/module-setup.sh')).toBe('check() { return 255; }\n')
    expect(staged('target/kernel/nic/nic.ko')).toBe('driver\n')
    expect(staged('first-boot/upgrade-resume.service')).toContain('\nTimeoutStartSec=1590\n')
    const mode = (place: string) => statSync(host.state(`finish/${place}`)).mode & 0o777
    expect([mode(''), mode('settings'), mode('scripts/first-boot/01-10-app')]).toEqual([0o700, 0o600, 0o700])
    expect((await stage()).before.kind).toBe('ok')
  })

  test('a change takes back the plan that covered it, and the notes of an upgrade that was given up', async () => {
    writeFileSync(host.state('plan.sums'), 'x\n')
    mkdirSync(host.state('finished'))
    const { before, after } = await stage({ ...request(), services: { enable: asked('httpd.service'), disable: [] } })
    expect(before).toMatchObject({
      kind: 'change',
      summary: expect.stringContaining('the plan must be frozen anew'),
      diff: [
        { kind: 'text', path: '/var/lib/upgrade-push/finish/services-enable', before: '', after: 'httpd.service\n' },
      ],
    })
    expect(after).toMatchObject({ kind: 'ok' })
    expect([host.has('plan.sums'), host.has('finished'), host.has('finish.old'), host.has('finish.new')]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  test('what the host brings itself is copied again when it changes there, and when its copy was changed', async () => {
    await stage()
    await host.sh('echo db2 >/opt/10-db')
    const { before, after } = await stage()
    expect(before).toMatchObject({
      diff: [{ changed: ['scripts/after-transaction/01-10-db from /opt/10-db on the host'] }],
    })
    expect(after).toMatchObject({ kind: 'ok' })
    expect(staged('scripts/after-transaction/01-10-db')).toBe('db2\n')
    writeFileSync(host.state('finish/target/kernel/nic/nic.ko'), 'other\n')
    const again = await stage()
    expect(again.before).toMatchObject({ diff: [{ changed: ['target/kernel/nic from /opt/nic on the host'] }] })
    expect(again.after).toMatchObject({ kind: 'ok' })
  })

  test.each([
    ['is gone', 'rm /opt/10-db', '/opt/10-db does not exist on the host'],
    ['is a folder', 'rm -f /opt/10-db; mkdir /opt/10-db', 'the script /opt/10-db is no file'],
    [
      'leads out of its folder',
      'rm -rf /opt/10-db; echo db >/opt/10-db; ln -sf /etc/passwd /opt/nic/link',
      '/opt/nic/link leads out of /opt/nic',
    ],
  ])('a source on the host that %s: a failure, and what was staged stays', async (_, change, message) => {
    await host.sh(change)
    const { failure } = await stage({
      ...request(),
      lvmconf: true,
      services: { enable: asked(`n${change.length}.service`), disable: [] },
    })
    expect(failure?.message).toContain(message)
    expect(host.has('finish/settings')).toBe(true)
  })

  test('killed before the new folder takes its place, the old one stays, or none; the next run goes on', async () => {
    await host.sh('rm -f /opt/nic/link')
    await stage()
    const wanted = { ...request(), services: { enable: [], disable: asked('cups.service') } }
    host.prelude = `printf '#!/bin/sh\\necho MOVING; sleep 5\\nexec mv.real "$@"\\n' >/usr/bin/mv.new; [ -e /usr/bin/mv.real ] || cp /usr/bin/mv /usr/bin/mv.real; chmod 755 /usr/bin/mv.new; mv.real -f /usr/bin/mv.new /usr/bin/mv`
    const killed = await stage(wanted, { onText: 'MOVING' })
    expect(killed.output?.code).toBe(137)
    host.prelude = 'cp /usr/bin/mv.real /usr/bin/mv'
    expect(host.has('plan.sums')).toBe(false)
    const { before, after } = await stage(wanted)
    expect([before.kind, after?.kind]).toEqual(['change', 'ok'])
  })
})
