import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { UpgradeBoot } from './upgrade-boot.ts'

let boot: UpgradeBoot
afterEach(() => boot.remove())

/** An interactive shell of the image, as a break point or a login starts it. */
const typed = (shell: 'dash' | 'bash', input: string) => {
  boot = new UpgradeBoot({ shell })
  // Says what it was called with, in place of a chroot.
  for (const name of ['in-root', 'in-container']) {
    writeFileSync(join(boot.lib, name), `#!/bin/sh\necho "${name}: $* (typed: \${UPGRADE_STDIN:-no})"\n`)
  }
  writeFileSync(join(boot.lib, 'steps/20-mounts'), '#!/bin/sh\necho "step $STEP"\n', { mode: 0o755 })
  const argv = shell === 'bash' ? ['--posix', '--norc', '-i'] : ['-i']
  const env = { ...boot.env, ENV: join(boot.lib, 'shell.sh') }
  return spawnSync(shell, argv, { encoding: 'utf8', input, env, timeout: 10_000 }).stdout
}

describe.each(['dash', 'bash'] as const)('a shell of the image under %s', (shell) => {
  test('has functions that help, and lists them', () => {
    expect(typed(shell, 'up_help\n')).toMatch(/^up_mount .*\nup_chroot .*\nup_container .*\nup_log /)
  })

  test('enters the root and the container with the terminal', () => {
    expect(typed(shell, 'up_chroot\nup_container rpm -qa\n')).toBe(
      'in-root: /bin/sh -i (typed: 1)\nin-container: rpm -qa (typed: 1)\n',
    )
  })

  test('mounts by the steps that the upgrade itself takes', () => {
    const said = typed(shell, 'up_mount; echo "code $?"; ls "$UPGRADE_RUN_DIR"/w*\n')
    expect(said).toBe(`step mounts\ncode 0\n${join(boot.runDir, 'writable')}\n`)
  })

  test('shows the journal', () => {
    expect(typed(shell, 'up_log\n')).toBe('a line of the journal\n')
  })
})
