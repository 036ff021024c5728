import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSigningKey, signRpms } from '../../../lab/distro/signing-key.ts'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { stageTransactionTask } from '../../../src/tasks/upgrade/stage-transaction.ts'
import { aRequest, BASE_RPMS } from './a-request.ts'
import { type Kill, RpmHost, step } from './rpm-host.ts'

const KEY = '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos'
const OWN = { id: 'own', baseurl: 'file:///srv/own', gpgkey: KEY }
const STATE = '/var/lib/upgrade-push'

describe('stage_transaction on LabOS 8', () => {
  let host: RpmHost
  const files = createControllerFiles({ playbookDir: resolve('.'), assetsDir: resolve('assets') })
  const stage = (args: Record<string, unknown> = {}, more: { kill?: Kill; apply?: boolean } = {}) =>
    step(host, stageTransactionTask, {
      ...more,
      files,
      args: { to_remove: ['gone-tool'], to_install: ['new-tool'], ...args },
    })
  /** A package of the new release as a file in the host's /root; returns its path as this machine sees it. */
  const localRpm = (name: string): string => {
    const path = join(host.dir, 'upper/root', name)
    execFileSync('sh', [
      '-c',
      'mkdir -p -m 700 "$(dirname "$2")" && cp "$1"/mdadm-9*.rpm "$2"',
      'sh',
      host.distro.repo9,
      path,
    ])
    return path
  }
  const digestOfRpmdb = async () => (await host.sh('sha256sum /var/lib/rpm/rpmdb.sqlite')).stdout

  beforeAll(async () => {
    host = await RpmHost.create()
    await host.sh('mkdir -p /srv/own; cp -r /srv/repo9/. /srv/own')
    const made = await step(host, installRpmsTask, {
      args: { release: '9', repositories: [OWN] },
      given: aRequest({ rpms: [...BASE_RPMS, 'dnf'] }),
    })
    expect(made.failure?.message).toBeUndefined()
  })
  afterAll(() => host.remove())

  test('without a container there is nothing to plan with', async () => {
    host.prelude = `mount -t tmpfs tmpfs ${STATE}`
    const { before } = await stage({}, { apply: false })
    host.prelude = ''
    expect(before).toMatchObject({ kind: 'refuse', reason: expect.stringContaining('no complete container') })
  })

  test('a check shows the packages and writes nothing', async () => {
    const list = `cd ${STATE} && find . -path ./target -prune -o -printf '%p %s %T@\\n' | sort; sha256sum /var/lib/rpm/*; find /var/lib/dnf /etc -newer ${STATE}/target.json`
    const sight = (await host.sh(list)).stdout
    const { before } = await stage({}, { apply: false })
    expect(before, JSON.stringify(before)).toMatchObject({
      kind: 'change',
      summary: expect.stringMatching(
        /^freeze the upgrade from 8\.0 to 9: 3 to install, 19 to upgrade, 2 to remove; \d+ MB to download; space \/: \d+ of \d+ MiB; there is no plan yet$/,
      ),
      diff: [
        {
          title: 'packages of the upgrade from 8.0 to 9',
          added: [
            expect.stringMatching(/^kernel-core-6\.12/),
            'modern-tool-2.0-1.lab9.noarch',
            'new-tool-2.0-1.lab9.noarch',
          ],
          removed: ['gone-tool-1.0-1.lab8.noarch', 'legacy-tool-1.0-1.lab8.noarch'],
          changed: expect.arrayContaining(['webapp-1.0-1.lab8.noarch -> webapp-2.0-1.lab9.noarch']),
        },
      ],
      findings: [],
    })
    expect((await host.sh(list)).stdout).toBe(sight)
  })

  test('freezes the plan once, with the host’s RPM database as it was, and is content with it afterwards', async () => {
    const before = await digestOfRpmdb()
    const { after, failure, progress } = await stage()
    expect(failure?.message).toBeUndefined()
    expect(after, JSON.stringify(after)).toMatchObject({
      kind: 'ok',
      summary: expect.stringMatching(/^frozen: 8\.0 to 9, 3 to install/),
    })
    expect(progress).toContain('testing the transaction')
    expect(await digestOfRpmdb()).toBe(before)
    const sums = await host.sh(`cd ${STATE} && sha256sum -c --quiet plan.sums && cut -d' ' -f3 plan.sums`)
    expect(sums.code, sums.stderr).toBe(0)
    expect(sums.stdout).toMatch(/^plan\.json$/m)
    expect(sums.stdout).toMatch(/^packages\/new-tool-2\.0-1\.lab9\.noarch\.rpm$/m)
    expect(sums.stdout).toMatch(/^dnf\/plugin\/upgrade_push\.py$/m)
    expect((await host.sh(`ls ${STATE}/plan.work ${STATE}/target/installroot; rpm -qa | wc -l`)).stdout.trim()).toBe(
      '23',
    )
  })

  test('a file that is not what was frozen, or that was put beside it, makes the plan anew', async () => {
    await host.sh(`cd ${STATE}/packages && cp webapp* x && echo >>x && mv x "$(ls webapp*)"`)
    const { before, after, failure } = await stage()
    expect(before).toMatchObject({
      kind: 'change',
      summary: expect.stringMatching(/packages\/webapp-2\S+ is not what was frozen/),
    })
    expect(failure?.message).toBeUndefined()
    expect(after).toMatchObject({ kind: 'ok' })
    await host.sh(`echo >${STATE}/packages/stranger.rpm`)
    expect((await stage({}, { apply: false })).before).toMatchObject({
      kind: 'change',
      summary: expect.stringContaining('packages/stranger.rpm is missing, or no part of the plan'),
    })
  })

  test('killed in the middle: nothing is frozen, and the next run makes the plan', async () => {
    const { failure, after } = await stage({}, { kill: { onText: 'testing the transaction' } })
    expect(failure?.message).toMatch(/cut off/)
    expect(host.has('plan.sums')).toBe(false)
    expect(after).toMatchObject({ kind: 'change', summary: expect.stringContaining('the last one was not finished') })
    expect((await stage()).after).toMatchObject({ kind: 'ok' })
  })

  test('names what the lists ask for and nobody has, and what nothing replaces, and goes on', async () => {
    const asked = {
      to_install: ['nosuch'],
      to_remove: ['unknown'],
      modules_to_enable: ['nodejs:18'],
      modules_to_reset: ['perl'],
    }
    expect((await stage(asked, { apply: false })).before).toMatchObject({
      kind: 'change',
      findings: [
        {
          key: 'transaction_missing',
          detail: expect.stringMatching(
            /perl \(modules_to_reset\), nodejs:18 \(modules_to_enable\), unknown \(to_remove\), nosuch \(to_install\)$/,
          ),
        },
        { key: 'transaction_leftovers', detail: 'nothing replaces or removes 1: gone-tool-1.0-1.lab8.noarch' },
      ],
    })
  })

  test.each([
    [
      'to_keep',
      { to_keep: ['legacy-tool'] },
      /^to_keep: legacy-tool-1\.0-1\.lab8\.noarch would be replaced by modern-tool-2\.0-1\.lab9\.noarch$/,
    ],
    [
      'what can not be resolved',
      { to_install: ['kernel-modules-extra'], exclude: ['kernel-core'] },
      /^dnf can't resolve the upgrade: Problem.*kernel-modules-extra.*kernel-core/,
    ],
    ['no kernel', { exclude: ['kernel-core'] }, /^the plan installs no kernel of 9$/],
    [
      'a file that is not there',
      { local_rpms: ['/root/none.rpm'] },
      /^local_rpms: \/root\/none\.rpm does not exist on the host$/,
    ],
  ])('refuses in the check: %s', async (_, args, reason) => {
    const { before } = await stage(args, { apply: false })
    expect(before, JSON.stringify(before)).toMatchObject({ kind: 'refuse', reason: expect.stringMatching(reason) })
  })

  test('refuses in the check when a file system is too small, with its figures', async () => {
    host.prelude = 'mount -t tmpfs -o size=20m tmpfs /usr/lib/modules'
    const { before } = await stage({ to_upgrade: ['sudo'] }, { apply: false })
    host.prelude = ''
    expect(before, JSON.stringify(before)).toMatchObject({
      kind: 'refuse',
      reason: expect.stringMatching(
        /^no space: \/usr\/lib\/modules needs \d+ MiB, 20 MiB are free: free \d+ MiB there$/,
      ),
    })
  })

  test('a local package is frozen with the others', async () => {
    await host.sh('cp /srv/repo9/mdadm-9* /root/')
    const path = (await host.sh('ls /root/mdadm*')).stdout.trim()
    const { after, failure } = await stage({ local_rpms: [path], refresh: true })
    expect(failure?.message).toBeUndefined()
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    expect(
      (await host.sh(`grep -c '"repo":"@commandline"' ${STATE}/plan.json; ls ${STATE}/packages | grep mdadm`)).stdout,
    ).toBe(`1\n${path.slice('/root/'.length)}\n`)
  })

  test('a local package without a signature is refused in the check, and taken when it is asked for', async () => {
    const path = localRpm('unsigned.rpm')
    execFileSync('rpmsign', ['--delsign', path])
    const args = { local_rpms: ['/root/unsigned.rpm'] }
    const { before } = await stage(args, { apply: false })
    expect(before, JSON.stringify(before)).toMatchObject({
      kind: 'refuse',
      reason: 'local_rpms: /root/unsigned.rpm: Package unsigned.rpm is not signed',
      remedy: expect.stringContaining('local_rpms_unchecked: true'),
    })
    const { after, failure } = await stage({ ...args, local_rpms_unchecked: true })
    expect(failure?.message).toBeUndefined()
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
  })

  test('a local package may be signed with a key that only a repository names, and with no other', async () => {
    expect((await host.sh('rpm -e gpg-pubkey')).code).toBe(0)
    localRpm('own.rpm')
    const known = await stage({ local_rpms: ['/root/own.rpm'] }, { apply: false })
    expect(known.before, JSON.stringify(known.before)).toMatchObject({ kind: 'change' })

    const folder = await mkdtemp(join(tmpdir(), 'upgrade-push-key-'))
    const { secretKey } = await makeSigningKey(folder)
    const path = localRpm('strange.rpm')
    execFileSync('rpmsign', ['--delsign', path])
    await signRpms([path], secretKey)
    await rm(folder, { recursive: true })
    expect((await stage({ local_rpms: ['/root/strange.rpm'] }, { apply: false })).before).toMatchObject({
      kind: 'refuse',
      reason: 'local_rpms: /root/strange.rpm: Public key for strange.rpm is not installed',
      remedy: expect.stringContaining('gpgkeys of install_rpms'),
    })
  })

  test('a repository that has changed matters when a refresh is asked for', async () => {
    expect((await stage()).after).toMatchObject({ kind: 'ok' })
    expect((await stage({ refresh: true })).before).toMatchObject({ kind: 'ok' })
    await host.sh('sed -i "s,<revision>.*</revision>,<revision>1</revision>," /srv/own/repodata/repomd.xml')
    expect((await stage()).before).toMatchObject({ kind: 'ok' })
    const { before, after } = await stage({ refresh: true })
    expect(before).toMatchObject({
      kind: 'change',
      summary: expect.stringContaining('the repositories have new metadata'),
    })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
  })

  test.each([
    ['the journal', `echo '{"event": "first-change"}' >${STATE}/progress.jsonl`],
    ['the marker', `echo 'plan x' >${STATE}/changed`],
  ])('a host on which a transaction was begun, as %s alone says, keeps what a resume needs', async (_, begin) => {
    await stage()
    expect(host.has('plan.sums')).toBe(true)
    await host.sh(begin)
    const kept = `cd ${STATE} && sha256sum plan.json plan.sums; cat progress.jsonl changed 2>/dev/null`
    const sight = (await host.sh(kept)).stdout
    const { failure } = await stage({ to_install: ['new-tool', 'mdadm'] })
    expect(failure?.message).toMatch(/^a transaction of this host was begun and not completed: resume it first/)
    expect(failure?.remedy).toContain('-e resume=true')
    expect((await host.sh(kept)).stdout).toBe(sight)
    await host.sh(`rm -f ${STATE}/progress.jsonl ${STATE}/changed`)
  })

  test('a package that is damaged in its repository is named before anything is frozen', async () => {
    await host.sh('printf XXXXXXXX | dd of="$(ls /srv/own/webapp*)" bs=1 seek=4000 conv=notrunc 2>/dev/null')
    const damaged = await stage({ to_upgrade: ['webapp'] })
    expect(damaged.failure?.message).toMatch(/^webapp-2\S* of repository own is damaged: its checksum is wrong$/)
    expect(host.has('plan.sums')).toBe(false)
  })
})
