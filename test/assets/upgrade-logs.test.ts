import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UPGRADE_LOGS } from '../../src/tasks/upgrade/follow/upgrade-logs.ts'

const LIB = fileURLToPath(new URL('../../assets/dracut/90sys-upgrade', import.meta.url))

let root: string
let logs: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'logs-'))
  logs = join(root, 'var/log/upgrade-push')
})
afterEach(() => rmSync(root, { recursive: true }))

/** As a running system is asked, and as the image answers. */
function both(shell: string): string[] {
  const asked = UPGRADE_LOGS.replace('/var/log/upgrade-push', logs)
  const env = { PATH: process.env.PATH, LC_ALL: 'C', UPGRADE_LIB: LIB, UPGRADE_ROOT: root }
  return [['-c', asked], [join(LIB, 'upgrade-logs.sh')]].map((args) => {
    const { stdout, stderr, status } = spawnSync(shell, args, {
      encoding: 'utf8',
      env,
      maxBuffer: 1 << 26,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect([status, stderr]).toEqual([0, ''])
    return stdout
  })
}

describe.each(['dash', 'bash'])('the logs of an upgrade, under %s', (shell) => {
  test('one after the other with their names and sizes, from the system and from the image alike', () => {
    mkdirSync(join(logs, 'first-boot'), { recursive: true })
    writeFileSync(join(logs, 'initramfs.log'), 'booted\n')
    writeFileSync(join(logs, 'transaction.log'), 'upgraded bash')
    writeFileSync(join(logs, 'finish.log'), '')
    writeFileSync(join(logs, 'first-boot/10 app'), 'ready\n')
    symlinkSync('/etc/passwd', join(logs, 'scriptlets.log'))
    const said =
      '### initramfs.log, 7 bytes\nbooted\n\n### transaction.log, 13 bytes\nupgraded bash\n' +
      '### first-boot/10 app, 6 bytes\nready\n\n'
    expect(both(shell)).toEqual([said, said])
  })

  test('of long ones the end, all together less than a script may say', () => {
    mkdirSync(logs, { recursive: true })
    for (const name of ['initramfs', 'transaction', 'scriptlets', 'finish', 'target-dracut']) {
      writeFileSync(join(logs, `${name}.log`), `${'x'.repeat(1_999_999)}\n`)
    }
    const [system = '', image] = both(shell)
    expect(image).toBe(system)
    expect(system).toContain('### initramfs.log, the last 500000 of 2000000 bytes\n')
    expect(system.length).toBeLessThan(1_000_000)
  })

  test('nothing where there is none', () => {
    expect(both(shell)).toEqual(['', ''])
  })
})
