import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { aRequest, BASE_RPMS } from './a-request.ts'
import { type Kill, RpmHost, step } from './rpm-host.ts'

const KEY = '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos'
const NEW = { id: 'new', baseurl: 'file:///srv/repo9', gpgkey: KEY }
// Small and quick, but a container all the same.
const RPMS = ['labos-release', 'kernel-core', 'rpm', 'dracut', 'cpio']

describe('install_rpms on LabOS 8', () => {
  let host: RpmHost
  const install = (
    parts: Parameters<typeof aRequest>[0] = {},
    more: { kill?: Kill; args?: Record<string, unknown>; apply?: boolean } = {},
  ) =>
    step(host, installRpmsTask, {
      ...more,
      args: { release: '9', repositories: [NEW], ...more.args },
      given: aRequest({ rpms: RPMS, ...parts }),
    })
  const built = async () => (await host.sh('sed "s/.*builtAt//" /var/lib/upgrade-push/target.json')).stdout

  beforeAll(async () => {
    host = await RpmHost.create()
    await host.sh(
      'mkdir -p /etc/lvm /srv/own; echo "# here" >/etc/lvm/lvm.conf; echo 127.0.0.1 localhost >/etc/hosts; cp -r /srv/repo9/. /srv/own',
    )
  })
  afterAll(() => host.remove())

  const copies = [
    { src: '/etc/hosts', dst: '/etc/hosts' },
    { src: '/etc/lvm', dst: '/etc/lvm' },
  ]

  test('makes a container once, and is content with it afterwards', async () => {
    const { before, after, failure, progress } = await install({ rpms: BASE_RPMS, copies })
    expect(failure?.message).toBeUndefined()
    expect(before).toMatchObject({
      kind: 'change',
      diff: [{ added: BASE_RPMS }, { added: ['/etc/hosts', '/etc/lvm'] }],
    })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok', result: { kernel: host.distro.kernel9 } })
    expect(progress).toContain('installing the packages')
    expect(await host.sh('cat /var/lib/upgrade-push/target/etc/lvm/lvm.conf')).toMatchObject({ stdout: '# here\n' })
  })

  test('leaves nothing mounted in it, and nothing of its own on the host', async () => {
    const { stdout } = await host.sh(
      'ls /var/lib/upgrade-push/target/dev /var/lib/upgrade-push/target/proc; ls /etc/yum.repos.d; grep upgrade-push/target /proc/mounts',
    )
    expect(stdout).toBe('/var/lib/upgrade-push/target/dev:\n\n/var/lib/upgrade-push/target/proc:\nlabos.repo\n')
  })

  test('copies a file of the host again when it has changed, and keeps the packages', async () => {
    await host.sh('echo "# changed" >/etc/lvm/lvm.conf')
    const started = host.jobs.length
    const { before, after } = await install({ rpms: BASE_RPMS, copies })
    expect(before).toMatchObject({ kind: 'change', summary: expect.stringContaining('/etc/lvm has changed') })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    expect(host.jobs[started]?.script).not.toContain('--downloadonly')
    expect((await host.sh('cat /var/lib/upgrade-push/target/etc/lvm/lvm.conf')).stdout).toBe('# changed\n')
  })

  test('names a package that does not exist, and keeps the container that is there', async () => {
    const { failure } = await install({ rpms: [...BASE_RPMS, 'no-such-driver'], copies })
    expect(failure?.message).toBe('no such package: no-such-driver')
    expect((await install({ rpms: BASE_RPMS, copies })).before).toMatchObject({ kind: 'ok' })
  })

  test('names a repository that does not answer', async () => {
    const gone = { id: 'gone', baseurl: 'http://127.0.0.1:9/gone', gpgkey: KEY }
    const { failure } = await install({}, { args: { repositories: [gone] } })
    expect(failure?.message).toMatch(
      /^repository gone can't be read: Couldn't connect to server for http:\/\/127\.0\.0\.1:9/,
    )
  })

  test('names a source that is missing before it changes anything', async () => {
    const { failure } = await install({ rpms: BASE_RPMS, copies: [...copies, { src: '/etc/nope', dst: '/etc/nope' }] })
    expect(failure?.message).toContain('/etc/nope does not exist on the host')
    expect((await install({ rpms: BASE_RPMS, copies })).before).toMatchObject({ kind: 'ok' })
  })

  test('sees that somebody installed or removed packages by hand', async () => {
    await host.sh(
      'chroot /var/lib/upgrade-push/target rpm -e --nodeps zstd || chroot /var/lib/upgrade-push/target rpm -e --nodeps lvm2',
    )
    expect((await install({ rpms: BASE_RPMS, copies }, { apply: false })).before).toMatchObject({
      kind: 'change',
      summary: expect.stringContaining('changed by somebody else'),
    })
  })

  test('refresh follows the repository, and is content when nothing is new', async () => {
    const args = { repositories: [{ ...NEW, id: 'own', baseurl: 'file:///srv/own' }], refresh: true }
    expect((await install({}, { args })).after).toMatchObject({ kind: 'ok' })
    expect((await install({}, { args })).before).toMatchObject({ kind: 'ok' })
    const moment = await built()
    await host.sh('sed -i "s,<revision>.*</revision>,<revision>1</revision>," /srv/own/repodata/repomd.xml')
    expect((await install({}, { args: { ...args, refresh: false } })).before).toMatchObject({ kind: 'ok' })
    const { before, after } = await install({}, { args })
    expect(before).toMatchObject({ summary: expect.stringContaining('repository own has new metadata') })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    expect(await built()).not.toBe(moment)
    expect((await host.sh('ls -d /tmp/tmp.* 2>/dev/null')).stdout).toBe('')
  })

  test('killed while it downloads: the old container stays; killed while it installs: the next run makes it anew', async () => {
    expect((await install()).after).toMatchObject({ kind: 'ok' })
    const more = [...RPMS, 'lvm2']
    const early = await install({ rpms: more }, { kill: { onText: 'Dependencies resolved' } })
    expect(early.failure?.message).toContain('cut off')
    expect((await install()).before).toMatchObject({ kind: 'ok' })
    const late = await install({ rpms: more }, { kill: { onText: 'Installing       : systemd' } })
    expect(late.failure?.message).toContain('cut off')
    expect(late.after).toMatchObject({ kind: 'change', summary: expect.stringContaining('an earlier run was cut off') })
    expect((await install({ rpms: more })).after).toMatchObject({ kind: 'ok' })
  })

  test('the lock of a dnf that was killed is not waited for, though its number is somebody else’s now', async () => {
    const persist = '/var/lib/upgrade-push/dnf/persist'
    await host.sh(`mkdir -p ${persist} && printf 1 >${persist}/rpmdb_lock.pid`)
    expect((await install({ rpms: [...RPMS, 'mdadm'] })).after).toMatchObject({ kind: 'ok' })
  })

  test('a disk that is too small is told with figures before a package is installed', async () => {
    host.prelude = 'mount -t tmpfs -o size=100m tmpfs /var/lib/upgrade-push'
    const { failure } = await install()
    host.prelude = ''
    expect(failure?.message).toMatch(
      /^no space: the packages need \d+ MiB when installed, the filesystem \/var\/lib\/upgrade-push has room for \d+ MiB: free \d+ MiB there/,
    )
  })
})

describe('packages that must not be trusted', () => {
  let host: RpmHost
  const install = (repositories: unknown[], rpms: readonly string[] = RPMS) =>
    step(host, installRpmsTask, { args: { release: '9', repositories }, given: aRequest({ rpms }) })

  beforeAll(async () => {
    host = await RpmHost.create()
    await host.sh('mkdir -p /srv/bad; cp -r /srv/repo9/. /srv/bad')
  })
  afterAll(() => host.remove())

  test('a damaged package is named', async () => {
    await host.sh('printf XXXXXXXX | dd of="$(ls /srv/bad/setup*)" bs=1 seek=4000 conv=notrunc 2>/dev/null')
    const { failure, after } = await install([{ ...NEW, id: 'bad', baseurl: 'file:///srv/bad' }])
    expect(failure?.message).toMatch(/^setup-9\S* of repository bad is damaged: its checksum is wrong$/)
    expect(after).toMatchObject({ kind: 'change', summary: expect.stringContaining('there is no container yet') })
  })

  test('a package signed with another key is named', async () => {
    await host.sh('printf "not a key" >/etc/pki/other')
    const { failure } = await install([{ ...NEW, gpgkey: '/etc/pki/other' }])
    expect(failure?.message).toMatch(/\.rpm is signed with a key that is not trusted$/)
  })

  test('a second kernel is refused with both names', async () => {
    const old = { ...NEW, id: 'old', baseurl: 'file:///srv/repo8' }
    const { failure } = await install([NEW, old], [...RPMS, 'kernel-core-6.1.0'])
    expect(failure?.message).toMatch(
      /more than one kernel: kernel-core-6\.1\S+ kernel-core-6\.12\S+: leave one of them out/,
    )
  })
})
