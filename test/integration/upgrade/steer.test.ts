import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Host, NEW, OLD } from '../../tasks/upgrade/loaders/steering.ts'
import { RpmHost } from './rpm-host.ts'

// The steering script in a real LabOS 8, with its shell and tools; GRUB's own tool makes the environment block and reads it back.

const BLOCK = '/boot/grub2/grubenv'
let host: RpmHost

beforeEach(async () => {
  const tree = new Host('grub-bls', { default: `labos-${OLD}` })
  host = await RpmHost.create()
  cpSync(join(tree.root, 'boot'), join(host.dir, 'boot'), { recursive: true })
  cpSync(join(tree.root, 'var/lib/upgrade-push'), join(host.dir, 'state'), { recursive: true })
  tree.end()
  // The folder that stands for /boot lies on a file system of this machine.
  host.prelude = 'mount --bind /usr/bin/true /usr/sbin/fsfreeze'
  await host.sh(`rm ${BLOCK}; grub2-editenv ${BLOCK} create
grub2-editenv ${BLOCK} set saved_entry=labos-${OLD} 'kernelopts=root=/dev/sda2 ro back\\slash' boot_success=1 next_entry=upgrade-push`)
})
afterEach(() => host.remove())

const steer = (what: string) => host.sh(`/bin/sh /var/lib/upgrade-push/boot/steer ${what}`)
const list = async () => (await host.sh(`grub2-editenv ${BLOCK} list`)).stdout.split('\n').filter(Boolean).sort()
const OTHERS = ['boot_success=1', 'kernelopts=root=/dev/sda2 ro back\\slash']

test('GRUB’s tool and the script agree about every variable, all the way', async () => {
  expect(await steer('consumed')).toMatchObject({ code: 0, stderr: '' })
  expect(await list()).toEqual([...OTHERS, `saved_entry=labos-${OLD}`])
  expect(await steer('recovery')).toMatchObject({ code: 0, stderr: '' })
  expect(await list()).toEqual([...OTHERS, 'saved_entry=upgrade-push-recovery'])
  expect(await steer('restore')).toMatchObject({ code: 0, stderr: '' })
  expect(await list()).toEqual([...OTHERS, `saved_entry=labos-${OLD}`])
  expect(await steer('recovery')).toMatchObject({ code: 0, stderr: '' })
  await host.sh(`mkdir -p /boot/labos/${NEW}; cd /boot/labos/${NEW}; echo k >linux; echo i >initrd
printf 'title LabOS 9\\nversion ${NEW}\\nlinux /labos/${NEW}/linux\\ninitrd /labos/${NEW}/initrd\\noptions rd.upgrade.run=x\\n' >/boot/loader/entries/labos-${NEW}.conf`)
  expect(await steer(`finish ${NEW} /dev/null /dev/null`)).toMatchObject({ code: 0, stderr: '' })
  expect(await list()).toEqual([...OTHERS, `saved_entry=labos-${NEW}`])
  expect((await host.sh('find /boot /etc/kernel -name "*upgrade*"')).stdout).toBe('')
})

test('what makes each new kernel the default does not get its way while the recovery entry is in force', async () => {
  await steer('recovery')
  // As kernel-install of an RPM distribution does: its own plugin, then ours behind it.
  const { code } = await host.sh(`grub2-editenv ${BLOCK} set saved_entry=labos-${NEW}
for hook in /etc/kernel/install.d/20-*.install; do "$hook" add ${NEW} /boot/labos/${NEW} || exit 1; done`)
  expect(code).toBe(0)
  expect(await list()).toContain('saved_entry=upgrade-push-recovery')
  expect(await steer('restore')).toMatchObject({ code: 0 })
  expect((await host.sh('ls /etc/kernel/install.d')).stdout).not.toContain('upgrade-push')
})
