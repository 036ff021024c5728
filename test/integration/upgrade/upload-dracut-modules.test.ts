import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ControllerFiles } from '../../../src/tasks/contract.ts'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { uploadDracutModulesTask } from '../../../src/tasks/upgrade/upload-dracut-modules.ts'
import { aRequest } from './a-request.ts'
import { type Kill, RpmHost, step } from './rpm-host.ts'

const STAGE = '/var/lib/upgrade-push/stage'

describe('upload_dracut_modules on LabOS 8', () => {
  let host: RpmHost
  let dir: string
  const files = (): ControllerFiles => createControllerFiles({ playbookDir: dir, assetsDir: resolve('assets') })
  const go = (parts: Parameters<typeof aRequest>[0], more: { apply?: boolean; kill?: Kill; epilogue?: string } = {}) =>
    step(host, uploadDracutModulesTask, { args: {}, given: aRequest(parts), files: files(), ...more })

  beforeAll(async () => {
    host = await RpmHost.create()
    dir = await mkdtemp(join(tmpdir(), 'upgrade-push-playbook-'))
    await mkdir(join(dir, 'modules/70acme/parts'), { recursive: true })
    await writeFile(join(dir, 'modules/70acme/module-setup.sh'), 'check() { return 255; }\ninstall() { :; }\n')
    await writeFile(join(dir, 'modules/70acme/parts/run.sh'), '#!/bin/sh\necho acme\n')
    await chmod(join(dir, 'modules/70acme/parts/run.sh'), 0o777)
    await writeFile(join(dir, 'modules/acme.ko'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]))
  })
  afterAll(async () => {
    await host.remove()
    await rm(dir, { recursive: true, force: true })
  })

  const acme = () => ({
    dracutModules: [{ name: 'acme', source: { kind: 'controller' as const, path: `${dir}/modules/70acme` } }],
    kernelModules: [{ name: 'acme', source: { kind: 'controller' as const, path: `${dir}/modules/acme.ko` } }],
  })

  test('stages our modules with their units, and is content afterwards', async () => {
    const { before, after, failure } = await go({})
    expect(failure?.message).toBeUndefined()
    expect(before).toMatchObject({ kind: 'change', summary: expect.stringContaining('missing') })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    const list = await host.sh(
      `cd ${STAGE}/dracut && find . -type f | sort && stat -c %a:%U 90sys-upgrade/upgrade.service`,
    )
    expect(list.stdout).toContain('./90sys-upgrade/upgrade.target\n')
    expect(list.stdout).toContain('./85sys-upgrade-redhat/module-setup.sh\n')
    expect(list.stdout).toMatch(/644:root\n$/)
  })

  test('adds requested modules with their executable bits and takes them away again', async () => {
    const { after, failure } = await go(acme())
    expect(failure?.message).toBeUndefined()
    expect(after).toMatchObject({ kind: 'ok', summary: 'staged: 4 dracut modules, 1 drivers, 0 mounts' })
    const modes = await host.sh(`cd ${STAGE}; stat -c '%a %n' dracut/70acme/* dracut/70acme/parts/* kernel/*`)
    expect(modes.stdout).toBe(
      '644 dracut/70acme/module-setup.sh\n755 dracut/70acme/parts\n755 dracut/70acme/parts/run.sh\n644 kernel/acme.ko\n',
    )
    const gone = await go({})
    expect(gone.before).toMatchObject({ diff: [{ removed: expect.arrayContaining(['kernel/acme.ko']) }] })
    expect(gone.after).toMatchObject({ kind: 'ok' })
    expect((await host.sh(`ls ${STAGE}/dracut ${STAGE}/kernel`)).stdout).not.toContain('acme')
  })

  test('shows what somebody changed on the host as a diff, and puts it right', async () => {
    await go(acme())
    await host.sh(`echo 'echo evil' >>${STAGE}/dracut/70acme/parts/run.sh; chmod 666 ${STAGE}/kernel/acme.ko`)
    const { before, after } = await go(acme())
    expect(before).toMatchObject({
      diff: [
        { kind: 'text', before: '#!/bin/sh\necho acme\necho evil\n', after: '#!/bin/sh\necho acme\n' },
        { kind: 'items', changed: ['kernel/acme.ko'] },
      ],
    })
    expect(after).toMatchObject({ kind: 'ok' })
  })

  test('copies modules of the host itself, and again when they change', async () => {
    await host.sh(
      'mkdir -p /opt/vendor; echo "install() { :; }" >/opt/vendor/module-setup.sh; ln -s module-setup.sh /opt/vendor/again',
    )
    const parts = { dracutModules: [{ name: 'vendor', source: { kind: 'host' as const, path: '/opt/vendor' } }] }
    const { after, failure } = await go(parts)
    expect(failure?.message).toBeUndefined()
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    expect((await host.sh(`ls -l ${STAGE}/dracut/90vendor | grep -c '^-rw-r--r--'`)).stdout).toBe('2\n')
    await host.sh('echo "# new" >>/opt/vendor/module-setup.sh')
    const again = await go(parts)
    expect(again.before).toMatchObject({ summary: expect.stringContaining('/opt/vendor has changed') })
    expect(again.after).toMatchObject({ kind: 'ok' })
    await host.sh(`echo tampered >>${STAGE}/dracut/90vendor/again`)
    expect((await go(parts)).before).toMatchObject({ summary: expect.stringContaining('staged copies were changed') })
    await host.sh('rm -r /opt/vendor')
    expect((await go(parts)).before).toMatchObject({ kind: 'refuse', reason: '/opt/vendor does not exist on the host' })
  })

  test('refuses a host module whose link leads out of it, and leaves what was staged', async () => {
    await go({})
    await host.sh('mkdir -p /opt/bad; touch /opt/bad/module-setup.sh; ln -s /etc/shadow /opt/bad/secret')
    const parts = { dracutModules: [{ name: 'bad', source: { kind: 'host' as const, path: '/opt/bad' } }] }
    expect((await go(parts)).failure?.message).toBe('/opt/bad/secret leads out of /opt/bad')
    expect((await go({})).before).toMatchObject({ kind: 'ok' })
  })

  test('refuses a host module without module-setup.sh', async () => {
    await host.sh('mkdir -p /opt/empty; touch /opt/empty/x')
    const parts = { dracutModules: [{ name: 'empty', source: { kind: 'host' as const, path: '/opt/empty' } }] }
    expect((await go(parts)).failure?.message).toBe('the dracut module /opt/empty has no module-setup.sh')
  })

  test('killed at any moment: what is there is whole or seen as missing, and the next run completes it', async () => {
    for (const afterMs of [10, 20, 30, 40, 60, 80, 100, 120, 150, 200]) {
      await host.sh(`rm -rf ${STAGE}`)
      await go(acme(), { kill: { afterMs } })
      const { before, after } = await go(acme())
      expect(after ?? before, `killed after ${afterMs} ms`).toMatchObject({ kind: 'ok' })
      expect((await host.sh(`ls -A ${STAGE}`)).stdout).toBe('dracut\nkernel\nmanifest.json\nsources\n')
    }
  })

  test('a disk that has room for the archive but not for the files is named, and leaves no manifest', async () => {
    await go(acme())
    const kib = Number((await host.sh(`du -sk ${STAGE} | cut -f1`)).stdout)
    await host.sh(`rm -rf ${STAGE}`)
    host.prelude = `mount -t tmpfs -o size=${Math.round(kib * 1.4)}k tmpfs /var/lib/upgrade-push`
    const { failure, output } = await go(acme(), { epilogue: `ls ${STAGE}` })
    host.prelude = ''
    expect(failure?.message).toMatch(/could not be moved into place below .*: is it full\?/)
    expect(output?.stdout).not.toContain('manifest.json')
    expect((await go(acme())).after).toMatchObject({ kind: 'ok' })
  })

  test('a disk that is full leaves no manifest, and the next run completes it', async () => {
    await host.sh(`rm -rf ${STAGE}`)
    host.prelude = 'mount -t tmpfs -o size=16k tmpfs /var/lib/upgrade-push'
    const { failure, output } = await go(acme(), { epilogue: `ls ${STAGE}` })
    expect(failure?.message).toContain('full')
    expect(output?.stdout).not.toContain('manifest.json')
    host.prelude = ''
    expect((await go(acme())).after).toMatchObject({ kind: 'ok' })
  })
})
