import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { verifyProbe } from '../../../../src/tasks/upgrade/verify/facts.ts'
import { verifyUpgradeTask } from '../../../../src/tasks/upgrade/verify-upgrade.ts'
import { runCases } from '../../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../../cases/upgrade/verify_upgrade', import.meta.url)), verifyUpgradeTask)

test('the answer of a host is read: packages without an epoch of 0, the notes from before, the plan', () => {
  const stdout = [
    '@boot\tb2',
    '@kernel\t5.14',
    '/var/lib/upgrade-push/result/before:run try-1',
    '/var/lib/upgrade-push/result/before:boot b1',
    '/var/lib/upgrade-push/result/before:machine m',
    '/var/lib/upgrade-push/result/before:kernel 4.18',
    '/var/lib/upgrade-push/result/before:hostkey ssh-ed25519 AAAA',
    '/var/lib/upgrade-push/result/before:failed kdump.service',
    '@hostkey\tssh-ed25519 AAAA',
    '@failed\tkdump.service',
    '@service\tsshd.service\tactive',
    '@rpm\tbash-0:5.1-1.el9.x86_64',
    '@rpm\tdbus-1:1.12-2.el9.x86_64',
    '@kernel-installed\t5.14\tkernel-core-0:5.14-1.el9.x86_64',
    '@plan\tinstall\tdbus-1:1.12-2.el9.x86_64',
    '@remains\t/boot/vmlinuz-upgrade.x86_64',
  ].join('\n')
  const facts = verifyProbe(['sshd.service']).parse({ code: 0, stdout, stderr: '', truncated: false })
  expect(facts).toMatchObject({
    before: {
      run: 'try-1',
      bootId: 'b1',
      machineId: 'm',
      kernel: '4.18',
      hostKeys: ['ssh-ed25519 AAAA'],
      failedUnits: ['kdump.service'],
    },
    hostKeys: ['ssh-ed25519 AAAA'],
    services: { 'sshd.service': 'active' },
    packages: ['bash-5.1-1.el9.x86_64', 'dbus-1:1.12-2.el9.x86_64'],
    kernels: [{ release: '5.14', package: 'kernel-core-5.14-1.el9.x86_64' }],
    plan: [{ action: 'install', package: 'dbus-1:1.12-2.el9.x86_64' }],
    remains: ['/boot/vmlinuz-upgrade.x86_64'],
  })
})

test('no answer is no upgrade, and a list that was cut is no list', () => {
  const { parse } = verifyProbe([])
  expect(parse({ code: 0, stdout: '', stderr: '', truncated: false })).toBeUndefined()
  expect(() => parse({ code: 0, stdout: '@boot\tb', stderr: '', truncated: true })).toThrow('too long')
})
