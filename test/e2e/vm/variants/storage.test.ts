import { expect } from 'vitest'
import { wholeUpgrade } from '../whole-upgrade.ts'

wholeUpgrade('lvm', 'root, /var and /home on logical volumes', ['/', '/home', '/var'], async (vm) => {
  const { stdout } = await vm.ssh('vgck labos && lvs --noheadings -o lv_name,lv_active labos')
  expect(stdout.match(/\bactive\b/g)).toHaveLength(3)
})

wholeUpgrade('raid', 'its root on a RAID 1', ['/'], async (vm) => {
  // In sync: the new kernel's initramfs assembled both halves.
  expect((await vm.ssh('cat /proc/mdstat')).stdout).toMatch(/raid1 .*\n.*\[2\/2\] \[UU\]/)
})
