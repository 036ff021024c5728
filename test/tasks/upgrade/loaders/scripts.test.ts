import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { entryScript } from '../../../../src/tasks/upgrade/boot-entry-script.ts'
import { sha256 } from '../../../../src/tasks/upgrade/digest.ts'
import { DISARM } from '../../../../src/tasks/upgrade/loaders/disarm.ts'
import type { Steering } from '../../../../src/tasks/upgrade/loaders/driver.ts'
import { grubBls } from '../../../../src/tasks/upgrade/loaders/grub-bls.ts'

// The scripts themselves, run by sh in a folder that stands for /boot. The tool knows what they use: list, set, unset.
const EDITENV = `#!/bin/sh
block=$1 verb=$2
case $verb in
  list) grep -v '^#' "$block" ;;
  set) { grep -v "^\${3%%=*}=" "$block"; echo "$3"; } >"$block.t" && mv "$block.t" "$block" ;;
  unset) grep -v "^$3=" "$block" >"$block.t"; mv "$block.t" "$block" ;;
esac
[ ! -e "$(dirname "$block")/broken" ] || exit 1
`
const DEFAULT = 'title Old\nlinux /vmlinuz-1\noptions root=x\n'
const OURS = 'title System upgrade (upgrade-push)\nlinux /vmlinuz-upgrade.x86_64\ninitrd /i\noptions root=x\n'

let boot: string
beforeEach(() => {
  boot = mkdtempSync(join(tmpdir(), 'boot-'))
  for (const dir of ['grub2', 'loader/entries', 'bin']) mkdirSync(join(boot, dir), { recursive: true })
  writeFileSync(join(boot, 'bin/grub2-editenv'), EDITENV)
  chmodSync(join(boot, 'bin/grub2-editenv'), 0o755)
  writeFileSync(join(boot, 'grub2/grubenv'), '# GRUB Environment Block\nsaved_entry=old\n')
  writeFileSync(join(boot, 'loader/entries/old.conf'), DEFAULT)
})
afterEach(() => rmSync(boot, { recursive: true }))

function run(script: string, input = '') {
  const env = { PATH: `${boot}/bin:${process.env.PATH}` }
  return spawnSync('sh', ['-c', script.replaceAll('/boot/', `${boot}/`)], { input, env, encoding: 'utf8' })
}

const steering: Steering = {
  editenv: 'grub2-editenv',
  block: '/boot/grub2/grubenv',
  grubby: 'grubby',
  kernel: 'vmlinuz-upgrade.x86_64',
}
const change = (what: Parameters<typeof entryScript>[1]) => entryScript(grubBls.scripts(steering), what)
const write = (arm: boolean) => run(change({ write: sha256(OURS), arm }), OURS)
const environment = () => readFileSync(join(boot, 'grub2/grubenv'), 'utf8')
const entries = () => readdirSync(join(boot, 'loader/entries')).sort()

describe('the script of boot_entry', () => {
  test('writes the entry and nothing else', () => {
    expect(write(false)).toMatchObject({ status: 0, stderr: '' })
    expect(entries()).toEqual(['old.conf', 'upgrade-push.conf'])
    expect(readFileSync(join(boot, 'loader/entries/upgrade-push.conf'), 'utf8')).toBe(OURS)
    expect(readFileSync(join(boot, 'loader/entries/old.conf'), 'utf8')).toBe(DEFAULT)
    expect(environment()).not.toContain('next_entry')
  })

  test('replaces what is ours under any name', () => {
    writeFileSync(join(boot, 'loader/entries/upgrade-push+3.conf'), 'title x\n')
    writeFileSync(join(boot, 'loader/entries/0a-upgrade.conf'), 'linux   /boot/vmlinuz-upgrade.x86_64\n')
    writeFileSync(join(boot, 'loader/entries/mine.conf'), 'linux /my-vmlinuz-upgrade.x86_64.old\n')
    expect(write(false).status).toBe(0)
    expect(entries()).toEqual(['mine.conf', 'old.conf', 'upgrade-push.conf'])
  })

  test('arms, keeps the other variables, and disarms', () => {
    expect(write(true)).toMatchObject({ status: 0, stderr: '' })
    expect(environment()).toContain('saved_entry=old\nnext_entry=upgrade-push\n')
    expect(run(change({ arm: false })).status).toBe(0)
    expect(environment()).toContain('saved_entry=old')
    expect(environment()).not.toContain('next_entry')
  })

  test('says so when arming does not work, and leaves the host disarmed', () => {
    writeFileSync(join(boot, 'grub2/broken'), '')
    const { status, stderr } = write(true)
    expect(status).toBe(1)
    expect(stderr.trim().split('\n').at(-1)).toBe("the upgrade can't be armed")
  })

  test('an entry that reads back otherwise is a failure', () => {
    const { status, stderr } = run(change({ write: sha256('something else') }), OURS)
    expect(status).toBe(1)
    expect(stderr).toContain('read back differs')
  })

  test('removes the entry, disarmed, and a second time changes nothing', () => {
    write(true)
    for (let again = 0; again < 2; again++) {
      expect(run(change({ remove: true }))).toMatchObject({ status: 0, stderr: '' })
      expect(entries()).toEqual(['old.conf'])
      expect(environment()).not.toContain('next_entry')
    }
  })

  test('what a killed run left is no entry, and goes', () => {
    writeFileSync(join(boot, 'loader/entries/.upgrade-push.conf.new'), 'half')
    expect(write(false).status).toBe(0)
    expect(existsSync(join(boot, 'loader/entries/.upgrade-push.conf.new'))).toBe(false)
  })
})

describe('disarming', () => {
  test('takes back our choice only', () => {
    writeFileSync(join(boot, 'grub2/grubenv'), 'saved_entry=old\nnext_entry=memtest\n')
    expect(run(`${DISARM}\ndisarm_upgrade`).status).toBe(0)
    expect(environment()).toContain('next_entry=memtest')
  })
})
