import { afterEach, describe, expect, test } from 'vitest'
import { environment, Host, type Loader, NEW, OLD, OLD_OPTIONS } from './steering.ts'

// The script itself, as arming writes it, in a scratch tree that stands for the host's root, under both shells that it may meet.

const hosts: Host[] = []
function host(...args: ConstructorParameters<typeof Host>): Host {
  const made = new Host(...args)
  hosts.push(made)
  return made
}
afterEach(() => {
  for (const one of hosts.splice(0)) one.end()
})

const RECOVERY = 'upgrade-push-recovery'
const defaultOf = (one: Host) =>
  one.loader === 'systemd-boot'
    ? one.variable('LoaderEntryDefault')?.replace(/\.conf$/, '')
    : one.environment().saved_entry
const oneShotOf = (one: Host) =>
  one.loader === 'systemd-boot' ? one.variable('LoaderEntryOneShot') : one.environment().next_entry

describe.each(['systemd-boot', 'grub-bls'] satisfies Loader[])('%s', (loader) => {
  describe.each(['dash', 'bash'])('under %s', (shell) => {
    const done = { status: 0, stderr: '' }

    test('consumed: says so, or takes our choice back, or names whose it is', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      expect(one.steer(['consumed'], shell)).toMatchObject(done)
      expect(host(loader).steer(['consumed'], shell), 'nothing names the default').toMatchObject(done)
      one.choose('upgrade-push')
      expect(one.steer(['consumed'], shell)).toMatchObject(done)
      expect(oneShotOf(one)).toBeUndefined()
      one.choose('memtest')
      expect(one.steer(['consumed'], shell)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^steer: somebody else chose the next boot: memtest/),
      })
      expect(oneShotOf(one)).toMatch(/^memtest/)
    })

    test('consumed: the armed entry goes, and a default that leads nowhere does not lead to it', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      one.write(
        'boot/loader/entries/by-hand.conf',
        'title x\nlinux /vmlinuz-upgrade.x86_64\noptions rd.upgrade.run=r\n',
      )
      expect(one.steer(['consumed'], shell)).toMatchObject(done)
      expect(one.entries()).toEqual([`labos-${OLD}.conf`])
      if (loader === 'grub-bls') one.write('boot/grub2/grubenv', environment(['saved_entry=gone']))
      else one.setVariable('LoaderEntryDefault', 'gone.conf')
      expect(one.boots()).toBe(`labos-${OLD}`)
      expect(one.steer(['consumed'], shell), 'again').toMatchObject(done)
    })

    test('consumed: the recovery entry stays', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      one.steer(['recovery'], shell)
      expect(one.steer(['consumed'], shell)).toMatchObject(done)
      expect(one.entries()).toEqual([`labos-${OLD}.conf`, `${RECOVERY}.conf`])
      expect(one.boots()).toBe(RECOVERY)
    })

    test('consumed: where nothing can be read, nothing is proved', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      one.remove(loader === 'systemd-boot' ? 'sys/firmware/efi/efivars' : 'boot/grub2/grubenv')
      expect(one.steer(['consumed'], shell)).toMatchObject({
        status: 1,
        stderr:
          loader === 'systemd-boot'
            ? 'steer: the EFI variables of the loader can not be read: is efivarfs mounted?\n'
            : "steer: no environment block can be read: GRUB's is none of /boot/grub2/grubenv /boot/grub/grubenv\n",
      })
    })

    test('restore: where nothing can be read, the recovery entry stays, which may be the default', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      expect(one.steer(['recovery'], shell)).toMatchObject(done)
      one.remove(loader === 'systemd-boot' ? 'sys/firmware/efi/efivars' : 'boot/grub2/grubenv')
      expect(one.steer(['restore'], shell)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^steer: (the EFI variables .* can not|no environment block can) be read/),
      })
      expect(one.read(`boot/loader/entries/${RECOVERY}.conf`)).toContain('rd.upgrade.recovery=1')
    })

    test.each([undefined, `labos-${OLD}`])(
      'recovery becomes the default, and restore makes it %s as before, to the byte',
      (before) => {
        const one = host(loader, before === undefined ? {} : { default: before })
        const state = one.bootState()
        for (let again = 0; again < 2; again++) {
          expect(one.steer(['recovery'], shell)).toMatchObject(done)
          expect(defaultOf(one)).toBe(RECOVERY)
          expect(one.read(`boot/loader/entries/${RECOVERY}.conf`)).toMatch(
            /^title System upgrade: recovery.*\n(sort-key zz-upgrade-push\n)?linux \/vmlinuz-upgrade.x86_64\ninitrd \/initramfs-upgrade.x86_64.img\noptions .*rd\.upgrade\.recovery=1\n$/,
          )
          expect(one.steer(['status'], shell).stdout).toBe(`default=${RECOVERY}\noneshot=none\nrecovery=yes\n`)
        }
        for (let again = 0; again < 2; again++) {
          expect(one.steer(['restore'], shell)).toMatchObject(done)
          expect(one.bootState()).toBe(state)
          expect(one.steer(['status'], shell).stdout).toBe(
            `default=${before ?? `labos-${OLD}`}\noneshot=none\nrecovery=no\n`,
          )
        }
      },
    )

    test('recovery refuses without our files as they were armed', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      const state = one.bootState()
      one.write('boot/initramfs-upgrade.x86_64.img', 'another image')
      expect(one.steer(['recovery'], shell)).toMatchObject({
        status: 1,
        stderr: 'steer: /boot/initramfs-upgrade.x86_64.img is not what was armed\n',
      })
      one.remove('boot/vmlinuz-upgrade.x86_64')
      expect(one.steer(['recovery'], shell)).toMatchObject({
        status: 1,
        stderr: 'steer: /boot/vmlinuz-upgrade.x86_64 is missing\n',
      })
      expect(defaultOf(one)).toBe(`labos-${OLD}`)
      expect(state).toContain('labos')
    })

    test('finish: the new kernel boots with the old arguments and the requests’, and nothing of ours is left', () => {
      const one = host(loader, { default: `labos-${OLD}` })
      one.steer(['recovery'], shell)
      one.choose('upgrade-push')
      if (loader === 'grub-bls') one.steer(['recovery'], shell)
      // As kernel-install writes it in the upgrade: from the command line of the upgrade image.
      one.installKernel(NEW, 'root=LABEL=root enforcing=0 rd.upgrade.run=r $tuned_params')
      one.write('added', 'net.ifnames=0\nmitigations=auto\nconsole=ttyS0\n')
      one.write('removed', 'mitigations\nrd.lvm-lv\n')
      one.write('removed', 'mitigations\nrd.lvm.lv\n')
      const args = ['finish', NEW, `${one.root}/added`, `${one.root}/removed`]
      const wanted = 'root=LABEL=root ro console=ttyS0 dyndbg="file a.c +p" net.ifnames=0'
      for (let again = 0; again < 2; again++) {
        expect(one.steer(args, shell)).toMatchObject(done)
        expect(defaultOf(one)).toBe(`labos-${NEW}`)
        expect(oneShotOf(one)).toBeUndefined()
        expect(one.read(`boot/loader/entries/labos-${NEW}.conf`)).toContain(`options ${wanted} $tuned_params\n`)
        expect(one.read(`boot/loader/entries/labos-${NEW}.conf`)).toContain(`version ${NEW}\n`)
        expect(one.read('etc/kernel/cmdline')).toBe(`${wanted}\n`)
        expect(one.entries()).toEqual([`labos-${OLD}.conf`, `labos-${NEW}.conf`].sort())
        expect(one.bootState()).not.toMatch(/upgrade/)
      }
    })
  })

  test.each<[what: string, left: boolean, prepare: (one: Host) => void]>([
    ['chooses the new kernel by itself', true, () => {}],
    ['may find a newer one', false, (one) => one.installKernel('7.0.0', 'x')],
    ['can’t tell two builds of one version apart', false, (one) => one.installKernel('6.12.107-2', 'x')],
    [
      'has an entry of another kind',
      false,
      (one) => one.write('boot/loader/entries/other.conf', 'title x\nlinux /labos/x\n'),
    ],
    ['has a unified image', false, (one) => one.write('boot/EFI/Linux/x.efi', 'x')],
  ])('finish, where nothing named the default and the loader %s', (_, left, prepare) => {
    const one = host(loader)
    expect(one.steer(['recovery']).status).toBe(0)
    one.installKernel(NEW, 'x')
    prepare(one)
    for (let again = 0; again < 2; again++) {
      expect(one.steer(['finish', NEW, '/dev/null', '/dev/null'])).toMatchObject({ status: 0, stderr: '' })
      expect(defaultOf(one)).toBe(left ? undefined : `labos-${NEW}`)
      if (left) expect(one.boots()).toBe(`labos-${NEW}`)
    }
  })

  test('finish writes the entry that the distribution did not', () => {
    const one = host(loader, { default: `labos-${OLD}` })
    one.write(`usr/lib/modules/${NEW}/vmlinuz`, 'kernel')
    one.write(`boot/initramfs-${NEW}.img`, 'initramfs')
    one.write('etc/os-release', 'PRETTY_NAME="LabOS 9.0"\n')
    expect(one.steer(['kernel', NEW]).stdout).toBe(
      `kernel=/usr/lib/modules/${NEW}/vmlinuz\ninitrd=/boot/initramfs-${NEW}.img\nentry=\n`,
    )
    expect(one.steer(['finish', NEW, '/dev/null', '/dev/null'])).toMatchObject({ status: 0, stderr: '' })
    expect(one.read(`boot/loader/entries/labos-${NEW}.conf`)).toBe(
      `title LabOS 9.0 (${NEW})\nversion ${NEW}\nsort-key labos\nlinux /vmlinuz-${NEW}\ninitrd /initramfs-${NEW}.img\noptions ${OLD_OPTIONS}\n`,
    )
    expect(one.read(`boot/vmlinuz-${NEW}`)).toBe('kernel')
    expect(defaultOf(one)).toBe(`labos-${NEW}`)
  })

  test('finish makes nothing the default that can’t boot', () => {
    const one = host(loader, { default: `labos-${OLD}` })
    expect(one.steer(['recovery']).status).toBe(0)
    const args = ['finish', NEW, '/dev/null', '/dev/null']
    expect(one.steer(args)).toMatchObject({
      status: 1,
      stderr: `steer: there is no kernel ${NEW}: neither in /boot nor in /usr/lib/modules\n`,
    })
    one.installKernel(NEW, 'x')
    one.write(`boot/labos/${NEW}/initrd`, '')
    expect(one.steer(args)).toMatchObject({
      status: 1,
      stderr: `steer: /boot/loader/entries/labos-${NEW}.conf names /boot/labos/${NEW}/initrd, which is not there\n`,
    })
    expect(defaultOf(one)).toBe(RECOVERY)
    expect(one.entries()).toContain(`${RECOVERY}.conf`)
  })

  test('kernel tells where the loader will look', () => {
    const one = host(loader, { default: `labos-${OLD}` })
    one.installKernel(NEW, 'x')
    expect(one.steer(['kernel', NEW]).stdout).toBe(
      `kernel=/boot/labos/${NEW}/linux\ninitrd=/boot/labos/${NEW}/initrd\nentry=/boot/loader/entries/labos-${NEW}.conf\n`,
    )
  })

  test('anything else is refused', () => {
    expect(host(loader).steer(['reboot'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('what to do is one of'),
    })
    expect(host(loader).steer(['finish', NEW])).toMatchObject({ status: 1 })
    expect(host(loader).steer(['finish', NEW, '/dev/null', '/gone'])).toMatchObject({
      status: 1,
      stderr: 'steer: the lists of kernel arguments can not be read: /dev/null, /gone\n',
    })
  })
})

test('GRUB’s block keeps its size, its other variables and what is escaped in them', () => {
  const one = host('grub-bls')
  const block = environment([
    `saved_entry=labos-${OLD}`,
    'kernelopts=root=a\\\\b quiet',
    'note=one\\',
    'saved_entry=two',
    'boot_success=1',
  ])
  one.write('boot/grub2/grubenv', block)
  expect(one.steer(['recovery']).status).toBe(0)
  const written = one.read('boot/grub2/grubenv')
  expect(written).toBe(
    environment([
      'kernelopts=root=a\\\\b quiet',
      'note=one\\',
      'saved_entry=two',
      'boot_success=1',
      `saved_entry=${RECOVERY}`,
    ]),
  )
  expect(one.steer(['restore']).status).toBe(0)
  expect(one.read('boot/grub2/grubenv')).toHaveLength(1024)
})

test('a block without room is left as it is', () => {
  const one = host('grub-bls')
  const block = environment([`kernelopts=${'x'.repeat(970)}`])
  one.write('boot/grub2/grubenv', block)
  expect(one.steer(['recovery'])).toMatchObject({ status: 1, stderr: expect.stringContaining('no room left') })
  expect(one.read('boot/grub2/grubenv')).toBe(block)
})
