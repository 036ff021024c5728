import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MODULE = fileURLToPath(new URL('../../assets/dracut/90sys-upgrade/', import.meta.url))

export interface Told {
  code: number | null
  stdout: string
}

/** A folder that stands for the old root, our notes and the kernel command line, for scripts that source lib.sh and record.sh. */
export class InitramfsShell {
  readonly dir = mkdtempSync(join(tmpdir(), 'initramfs-'))
  readonly root = join(this.dir, 'sysroot')
  readonly runDir = join(this.dir, 'run')

  constructor(cmdline = '') {
    mkdirSync(join(this.root, 'var/lib/upgrade-push'), { recursive: true })
    mkdirSync(this.runDir)
    writeFileSync(join(this.dir, 'cmdline'), `${cmdline}\n`)
    writeFileSync(join(this.dir, 'consoles'), '')
  }

  /** Runs a script with the given shell and arguments, after lib.sh and record.sh. */
  run(shell: 'dash' | 'bash', script: string, args: readonly string[] = []): Told {
    const argv = shell === 'bash' ? ['bash', '--norc', '--posix'] : ['dash']
    const { status, stdout } = spawnSync(
      argv[0] as string,
      [...argv.slice(1), '-c', `set -u; . ${MODULE}lib.sh; . ${MODULE}record.sh; ${script}`, 'sh', ...args],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          LC_ALL: 'C',
          UPGRADE_LIB: MODULE.replace(/\/$/, ''),
          UPGRADE_ROOT: this.root,
          UPGRADE_RUN_DIR: this.runDir,
          UPGRADE_CMDLINE: join(this.dir, 'cmdline'),
          UPGRADE_CONSOLES: join(this.dir, 'consoles'),
        },
      },
    )
    return { code: status, stdout }
  }

  remove(): void {
    rmSync(this.dir, { recursive: true })
  }
}
