import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../../lab/command.ts'
import { type Fleet, startFleet } from '../../../lab/fleet/fleet.ts'
import { demoHosts } from '../../../lab/fleet/plan.ts'
import { differences, hostTree } from '../../../lab/fleet/tree.ts'
import { NOTHING, namespaces, remains } from './remains.ts'

const NAME = 'fleettest'
let fleet: Fleet
const ssh = (host: string, ...command: string[]) => run(['ssh', '-F', fleet.files.sshConfig, host, ...command])

beforeAll(async () => {
  fleet = await startFleet({ name: NAME, hosts: demoHosts(2) })
})
afterAll(async () => {
  const owned = await namespaces(NAME)
  await fleet.stop()
  const block = Number(fleet.hosts[0]?.address.split('.')[2])
  expect(await remains(NAME, block, owned)).toEqual(NOTHING)
})

describe('a plain host', () => {
  test('answers SSH under its own key, name and release', async () => {
    const { stdout } = await ssh('web1', 'hostname; . /etc/os-release; echo $ID $VERSION_ID; cat /etc/machine-id')
    const [name, release, machineId] = stdout.split('\n')
    expect([name, release]).toEqual(['web1', 'labos 8.0'])
    expect(machineId).toMatch(/^[0-9a-f]{32}$/)
    expect((await ssh('web2', 'cat /etc/machine-id')).stdout.trim()).not.toBe(machineId)
    expect(
      new Set(
        (await readFile(fleet.knownHosts, 'utf8'))
          .trim()
          .split('\n')
          .map((l) => l.split(' ')[2]),
      ).size,
    ).toBe(fleet.hosts.length)
  })

  test('is a whole RPM system whose files are as packaged', async () => {
    const { stdout } = await ssh('web1', 'rpm -qa --qf "%{name}\\n" | sort')
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['dnf', 'dracut', 'kernel-core', 'openssh-server', 'rpm', 'systemd']),
    )
    const wrong = await verify('web1')
    // Configuration is the lab's; everything else is untouched, and /run and the like are mounted over.
    expect(wrong.filter((line) => !line.includes(' c /etc/') && !/ \/(dev|proc|run|sys|boot)$/.test(line))).toEqual([])
  })

  test('has its old kernel, image and saved BLS entry in a /boot of its own', async () => {
    const script = 'grub2-editenv - list; wc -c </boot/grub2/grubenv; ls /boot/loader/entries; findmnt -no SIZE /boot'
    const lines = (await ssh('web1', script)).stdout.trim().split('\n')
    const id = lines[0]?.replace('saved_entry=', '') ?? ''
    expect(id).toMatch(new RegExp(`^[0-9a-f]{32}-${fleet.distro.kernel8}$`))
    expect(lines.slice(2).map((line) => line.trim())).toEqual(['1024', `${id}.conf`, '512M'])
    const entry = (await ssh('web1', `cat /boot/loader/entries/${id}.conf`)).stdout
    for (const file of entry.matchAll(/^(?:linux|initrd) (\S+)$/gm)) await ssh('web1', `test -s /boot${file[1]}`)
    expect((await ssh('web1', `lsinitrd /boot/initramfs-${fleet.distro.kernel8}.img`)).stdout).toContain(
      'usr/lib/systemd/systemd',
    )
  })

  test('lets deploy become root with the password and ops without', async () => {
    const as = (user: string, command: string, input = '') =>
      run(['ssh', '-F', fleet.files.sshConfig, '-l', user, 'web1', command], { input })
    expect((await as('deploy', 'sudo -S -p "" id -u', `${fleet.password}\n`)).stdout).toBe('0\n')
    await expect(as('deploy', 'sudo -S -p "" id -u', 'wrong\n')).rejects.toThrow(/incorrect password/)
    expect((await as('ops', 'sudo -n id -u')).stdout).toBe('0\n')
  })

  test('cannot reach the machine: no disk nodes, no settings, no loader', async () => {
    const { stdout } = await ssh(
      'web1',
      'find /dev -type b; [ -w /proc/sys/kernel/hostname ] && echo settings; ls /sys/firmware/efi 2>/dev/null; true',
    )
    expect(stdout).toBe('')
  })

  test('builds a container of the target release from signed packages, and an image in it', async () => {
    const script = `set -e
      target=/var/lib/target
      dnf -y -q --installroot=$target --releasever=9 install labos-release labos-base systemd dracut rpm dnf python3 kernel-core
      test "$(chroot $target rpm -Va | wc -l)" = 0
      kver=$(cd $target/usr/lib/modules && echo *)
      unshare --mount --pid --fork --kill-child sh -ec "mount -t proc proc $target/proc; mount --rbind /dev $target/dev
        chroot $target dracut --quiet --force --kver $kver --add-drivers brd /tmp/upgrade.img" 2>/dev/null || exit 1
      test -e $target/usr/lib/modules/$kver/.vmlinuz.hmac
      chroot $target lsinitrd /tmp/upgrade.img | grep -c usr/lib/systemd/systemd$
      echo $kver`
    expect((await ssh('web2', script)).stdout.trim().split('\n').at(-1)).toBe(fleet.distro.kernel9)
  })

  test('refuses a package that nobody signed', async () => {
    const unsigned = await run([
      'sh',
      '-ec',
      `cd "$1"; cp "$2"/repo9/new-tool-*.rpm unsigned.rpm; rpmsign --delsign unsigned.rpm >&2; createrepo_c -q .; pwd`,
      'sh',
      await scratch(),
      fleet.distro.cacheDir,
    ])
    await fleet.repo.use(9, unsigned.stdout.trim())
    try {
      const install = 'dnf -y --releasever=9 --refresh install new-tool'
      await expect(ssh('web1', install)).rejects.toThrow(/GPG check FAILED|is not signed/)
    } finally {
      await fleet.repo.use(9, fleet.distro.repo9)
    }
  })
})

describe('special hosts', () => {
  test('the rekeyed one is refused by strict checking, the one that is down does not answer', async () => {
    await expect(ssh('rekeyed1', 'true')).rejects.toThrow(/Host key verification failed/)
    await expect(ssh('down1', 'true')).rejects.toThrow(/Connection refused/)
    expect(() => fleet.host('down1')).toThrow(/down by design/)
  })

  test('each has what makes it special', async () => {
    expect((await ssh('lvm1', 'rpm -q lvm2; grep -c global_filter /etc/lvm/lvm.conf')).stdout).toMatch(/^lvm2-.*\n1\n$/)
    expect((await ssh('lvm1', 'grub2-editenv - list')).stdout).toContain('kernelopts=root=')
    expect((await ssh('req1', 'ls /etc/upgrade-push/requests.d /opt/site/modules')).stdout).toContain('null_blk.ko.xz')
    expect(
      (await ssh('conflict1', 'grep -h path: /etc/upgrade-push/requests.d/*')).stdout.trim().split('\n'),
    ).toHaveLength(2)
    // Less is free than the old kernel and image take: a second set can't fit.
    const [used, free] = (await ssh('small1', 'df --output=used,avail /boot | tail -1')).stdout
      .trim()
      .split(/\s+/)
      .map(Number)
    expect(free).toBeLessThan((used ?? 0) / 2)
  })
})

describe('what a test can do to a host', () => {
  test('end its sessions, its server, and bring it back', async () => {
    const host = fleet.host('web2')
    const session = ssh('web2', 'sleep 100').catch((error: Error) => error.message)
    await expect
      .poll(() =>
        fleet.exec('web2', ['pgrep', '-f', 'sleep 100']).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await host.dropSessions()
    expect(await session).toMatch(/exit code 255/)
    await host.stopSshd()
    await expect(ssh('web2', 'true')).rejects.toThrow(/Connection refused/)
    await host.startSshd()
    expect((await ssh('web2', 'hostname')).stdout).toBe('web2\n')
  })

  test('silence its network and let it speak again', async () => {
    const host = fleet.host('web2')
    await host.freeze()
    await expect(run(['ssh', '-F', fleet.files.sshConfig, '-o', 'ConnectTimeout=2', 'web2', 'true'])).rejects.toThrow(
      /timed out/i,
    )
    await host.thaw()
    expect((await ssh('web2', 'hostname')).stdout).toBe('web2\n')
  })

  test('read its tree from outside, with its mounts', async () => {
    const root = await fleet.host('web1').root()
    expect(await readFile(join(root, 'etc/hostname'), 'utf8')).toBe('web1\n')
    expect(await readFile(join(root, 'boot/grub2/grubenv'), 'latin1')).toHaveLength(1024)
  })

  test('see every write to it, and none where there was none', async () => {
    const before = await hostTree(fleet.files, 'web1')
    await ssh('web1', 'ls -R /etc >/dev/null; cat /boot/grub2/grubenv >/dev/null')
    expect(differences(before, await hostTree(fleet.files, 'web1'))).toEqual([])
    await ssh('web1', 'echo x >/usr/bin/x; rm /usr/bin/webapp; touch /boot/vmlinuz-*')
    const seen = differences(before, await hostTree(fleet.files, 'web1')).filter(
      (path) => !/^\/usr(\/bin)?$/.test(path),
    )
    expect(seen).toEqual([`/boot/vmlinuz-${fleet.distro.kernel8}`, '/usr/bin/webapp', '/usr/bin/x'])
  })

  test('take the repository away and bring it back', async () => {
    await fleet.repo.stop()
    await expect(ssh('web1', 'dnf -q --refresh repoquery webapp')).rejects.toThrow(/Failed to download metadata/)
    await fleet.repo.start()
    expect((await ssh('web1', 'dnf -q --refresh repoquery webapp')).stdout).toContain('webapp-0:1.0-1.lab8.noarch')
  })
})

/** rpm -Va, whose exit code only repeats that it printed something. */
async function verify(host: string): Promise<string[]> {
  const { stdout } = await ssh(host, 'rpm -Va; true')
  return stdout.split('\n').filter((line) => line !== '')
}

async function scratch(): Promise<string> {
  const dir = join(fleet.files.dir, 'unsigned')
  await run(['mkdir', '-p', dir])
  return dir
}
