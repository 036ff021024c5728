import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cancelScript } from '../../../../src/tasks/upgrade/cancel-upgrade-script.ts'

// The script itself, in a folder that stands for the root.

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cancel-'))
  for (const path of ['plan.sums', 'plan.json', 'target/etc/os-release', 'packages/a b.rpm', 'lock/run'])
    write(`var/lib/upgrade-push/${path}`, 'x')
  write('var/lib/upgrade-push/boot/steer', `echo "$1" >>${root}/steered\n`)
  write('boot/vmlinuz-upgrade.x86_64', 'kernel')
  write('boot/vmlinuz-1', 'kernel')
  write('boot/loader/entries/old.conf', 'linux /vmlinuz-1\n')
  write('boot/loader/entries/upgrade-push.conf', 'linux /vmlinuz-upgrade.x86_64\n')
  write('boot/loader/entries/upgrade-push-recovery.conf', 'linux /vmlinuz-upgrade.x86_64\n')
  write('etc/kernel/install.d/99-zz-upgrade-push.install', '')
  write('etc/kernel/install.d/99-mine.install', '')
  write('run/upgrade-push.reboot', 'the run\n')
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const names = (path: string) => readdirSync(join(root, path)).sort()

const script = cancelScript({
  driver: 'systemd-boot',
  steering: {
    editenv: 'grub2-editenv',
    block: '/boot/grub2/grubenv',
    grubby: 'grubby',
    kernel: 'vmlinuz-upgrade.x86_64',
  },
  boot: ['vmlinuz-upgrade.x86_64', 'initramfs-upgrade.x86_64.img'],
  state: ['boot', 'packages', 'plan.json', 'plan.sums', 'target'],
})
const run = (shell: string) => {
  const inside = script.replaceAll(/(?<![\w-])\/(boot|var|etc|sys|run)\b/g, `${root}/$1`)
  return spawnSync(shell, ['-c', inside], { encoding: 'utf8' })
}

test.each(['dash', 'bash'])('%s: takes everything away, and a second time changes nothing', (shell) => {
  for (let again = 0; again < 2; again++) {
    expect(run(shell)).toMatchObject({ status: 0, stderr: '' })
    expect(names('var/lib/upgrade-push')).toEqual(['lock'])
    expect(names('boot')).toEqual(['loader', 'vmlinuz-1'])
    expect(names('boot/loader/entries')).toEqual(['old.conf'])
    expect(names('etc/kernel/install.d')).toEqual(['99-mine.install'])
    expect(names('run')).toEqual([])
    // Only while the script is there.
    expect(readFileSync(join(root, 'steered'), 'utf8')).toBe('restore\n')
  }
})

test('a default that can’t be restored stops it before anything is gone', () => {
  write('var/lib/upgrade-push/boot/steer', 'echo "steer: no" >&2; exit 1\n')
  expect(run('sh')).toMatchObject({ status: 1, stderr: 'steer: no\n' })
  expect(names('boot/loader/entries')).toContain('upgrade-push-recovery.conf')
  expect(existsSync(join(root, 'var/lib/upgrade-push/plan.sums'))).toBe(true)
})

test('packages that changed stop it where only the journal can say so', () => {
  write('var/lib/upgrade-push/progress.jsonl', '{"t": "x", "event": "first-change"}\n')
  expect(run('dash')).toMatchObject({ status: 1, stderr: expect.stringContaining('packages were changed meanwhile') })
  expect(names('boot')).toContain('vmlinuz-upgrade.x86_64')
})

test('packages that changed since it was decided stop it', () => {
  write('var/lib/upgrade-push/changed', '')
  expect(run('sh')).toMatchObject({
    status: 1,
    stderr: 'packages were changed meanwhile: nothing is cancelled any more\n',
  })
  expect(existsSync(join(root, 'steered'))).toBe(false)
})
