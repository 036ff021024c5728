import { expect } from 'vitest'
import { wholeUpgrade } from '../whole-upgrade.ts'

wholeUpgrade('grub', 'GRUB and /boot on a partition of its own', ['/', '/boot'], async (vm) => {
  const { stdout: environment } = await vm.ssh('grub2-editenv /boot/grub2/grubenv list; uname -r')
  const kernel = environment.trim().split('\n').at(-1)
  expect(environment).toMatch(new RegExp(`^saved_entry=.*${kernel?.replace(/[.+]/g, '\\$&')}`, 'm'))
  expect(environment).not.toMatch(/^next_entry=./m)
})
