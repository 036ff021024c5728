import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { makeKeyFile, publicHalf } from '../../../src/tasks/upgrade/access/key-file.ts'
import { ownUpgradeKey, upgradeKeyPath } from '../../../src/tasks/upgrade/access/upgrade-key.ts'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { runDracutTask } from '../../../src/tasks/upgrade/run-dracut.ts'
import { uploadDracutModulesTask } from '../../../src/tasks/upgrade/upload-dracut-modules.ts'
import { aRequest, BASE_RPMS } from './a-request.ts'
import { RpmHost, step } from './rpm-host.ts'

const CONTAINER = {
  release: '9',
  repositories: [{ id: 'new', baseurl: 'file:///srv/repo9', gpgkey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos' }],
}
const NETWORK_FILE = {
  name: '20-upgrade-eth0.network',
  text: '[Match]\nPermanentMACAddress=52:54:00:12:34:56\n\n[Network]\nDHCP=ipv4\n',
}

const freePort = () =>
  new Promise<number>((done, failed) => {
    const server = createServer().once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })

describe('the sshd of an upgrade image', () => {
  let host: RpmHost
  let dir: string
  let root: string
  let key: string
  let port: number
  let sshd: ChildProcess | undefined

  const given = (authorizedKey: string) =>
    aRequest({
      rpms: [...BASE_RPMS, 'openssh-server'],
      network: { setup: 'eth0: DHCP', files: [NETWORK_FILE], port, authorizedKey },
    })
  const build = (authorizedKey: string) =>
    step(host, runDracutTask, { args: { compress: 'zstd -1' }, given: given(authorizedKey) })
  const manifest = () => JSON.parse(readFileSync(host.state('artifacts/manifest.json'), 'utf8'))

  /** Logs in as the controller does: one key, the host key known beforehand. */
  const login = (identity: string, options: readonly string[], command: string) => {
    writeFileSync(join(dir, 'known_hosts'), `[127.0.0.1]:${port} ${manifest().ssh.hostKey}\n`)
    const fixed = ['-F', 'none', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes']
    const known = ['-o', `UserKnownHostsFile=${join(dir, 'known_hosts')}`, '-o', 'StrictHostKeyChecking=yes']
    const argv = [...fixed, ...known, '-o', 'ConnectTimeout=20', '-p', String(port), '-i', identity, ...options]
    return spawnSync('ssh', [...argv, 'root@127.0.0.1', command], { encoding: 'utf8', timeout: 60_000 })
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'upgrade-push-access-'))
    key = ownUpgradeKey(join(dir, 'keys'), true) as string
    port = await freePort()
    host = await RpmHost.create()
    const files = createControllerFiles({ playbookDir: dir, assetsDir: resolve('assets') })
    for (const { failure } of [
      await step(host, installRpmsTask, { args: CONTAINER, given: given(key) }),
      await step(host, uploadDracutModulesTask, { args: {}, given: given(key), files }),
      await build(key),
    ]) {
      expect(failure?.message).toBeUndefined()
    }
    root = join(dir, 'root')
    mkdirSync(root)
    execFileSync('sh', ['-c', 'zstd -dc "$1" | cpio -id --quiet', 'sh', host.state('artifacts/initramfs')], {
      cwd: root,
    })
    // On this address alone, and with what the units would have made; everything else is the image's.
    const start = `mount --rbind /dev dev && mount -t proc proc proc && mkdir -p run/sshd &&
exec chroot . /usr/sbin/sshd -D -e -f /etc/upgrade-ssh/sshd_config -o ListenAddress=127.0.0.1`
    const argv = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', 'sh', '-c', start]
    sshd = spawn('unshare', argv, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    for (let round = 0; round < 100 && login('/dev/null', [], ':').stderr.includes('refused'); round++) await sleep(200)
  }, 600_000)

  afterAll(async () => {
    sshd?.kill('SIGKILL')
    await host?.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  test('the image holds its own host key, the one key that may log in, and the network, and nothing for others to read', () => {
    const show = (path: string) => execFileSync('stat', ['-c', '%a %U', join(root, path)], { encoding: 'utf8' }).trim()
    expect(show('etc/upgrade-ssh')).toBe('700 root')
    expect(show('etc/upgrade-ssh/ssh_host_ed25519_key')).toBe('600 root')
    const text = (path: string) => readFileSync(join(root, path), 'utf8')
    expect(publicHalf(text('etc/upgrade-ssh/ssh_host_ed25519_key'))).toBe(manifest().ssh.hostKey)
    expect(text('etc/upgrade-ssh/authorized_keys')).toBe(`restrict,pty ${key}\n`)
    expect(text(`etc/systemd/network/${NETWORK_FILE.name}`)).toBe(NETWORK_FILE.text)
    expect(manifest().ssh.authorizedKey).toBe(key)
    expect(manifest().proven.units).toContain('upgrade-network.service')
    const keys = execFileSync('grep', ['-rlI', 'PRIVATE KEY-----', '.'], { cwd: root, encoding: 'utf8' })
    expect(keys).toBe('./etc/upgrade-ssh/ssh_host_ed25519_key\n')
    expect(text('etc/passwd').match(/^root:.*/gm)).toEqual(['root:*:0:0:root:/root:/bin/sh'])
  })

  test('nothing of the host key is left beside the image', async () => {
    const { stdout } = await host.sh(
      `cd /var/lib/upgrade-push; ls; stat -c %a artifacts/*
grep -rl 'OPENSSH PRIVATE KEY' artifacts/manifest.json stage target/run target/etc target/tmp /var/log/upgrade-push
find / -xdev -name '*ssh_host_ed25519_key*'`,
    )
    expect(stdout).toBe('artifacts\ndnf\nstage\ntarget\ntarget.copies\ntarget.json\n600\n600\n600\n600\n')
  })

  test('lets the one key in as root, with a path and a terminal', () => {
    const { stdout, stderr } = login(upgradeKeyPath(join(dir, 'keys')), [], 'echo $PATH; cd && pwd; echo $SHELL')
    expect(stdout, stderr).toBe('/usr/sbin:/usr/bin:/sbin:/bin\n/root\n/bin/sh\n')
    expect(login(upgradeKeyPath(join(dir, 'keys')), ['-tt'], '[ -t 0 ] && echo terminal').stdout).toContain('terminal')
  })

  test('turns away another key, a password, a forwarding, sftp', async () => {
    const other = join(dir, 'other')
    writeFileSync(other, makeKeyFile('other'))
    chmodSync(other, 0o600)
    expect(login(other, [], 'echo in')).toMatchObject({ stdout: '', status: 255 })
    expect(login(other, [], 'echo in').stderr).toContain('Permission denied (publickey)')
    const own = upgradeKeyPath(join(dir, 'keys'))
    expect(login(own, ['-s'], 'sftp').stderr).toContain('subsystem request failed')
    const forward = login(own, ['-o', 'ExitOnForwardFailure=yes', '-R', `${await freePort()}:127.0.0.1:1`], 'echo in')
    expect(forward.stdout).not.toContain('in')
    expect(forward.stderr).toContain('remote port forwarding failed')
  })

  test('another key that may log in asks for another image, which has another host key; the same one for none', async () => {
    expect((await build(key)).before).toMatchObject({
      kind: 'ok',
      summary: expect.stringMatching(/sshd SHA256:[A-Za-z0-9+/]{43}$/),
    })
    const { hostKey } = manifest().ssh
    const other = publicHalf(makeKeyFile('other')) as string
    const { before, after } = await build(other)
    expect(before).toMatchObject({ kind: 'change', summary: expect.stringContaining('the network or the key') })
    expect(after).toMatchObject({ kind: 'ok' })
    expect(manifest().ssh.authorizedKey).toBe(other)
    expect(manifest().ssh.hostKey).not.toBe(hostKey)
  })
})
