import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PATHS = ['../../assets/dnf/', 'stubs/'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

// A file that grows no further is what a full disk is to whoever writes it: a part of the text goes in, then an error comes.
const PROLOGUE = `import dnf_stubs, os, resource, sys
from upgrade_push_parts import outcome, paths, progress
paths.ROOT = os.environ["HOST"]
paths.STATE, paths.LOG = paths.ROOT + "/state", paths.ROOT + "/log"
paths.JOURNAL, paths.SCRIPTLETS = paths.STATE + "/progress.jsonl", paths.LOG + "/scriptlets.log"
def full(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
`

export interface PluginResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What came on descriptor 3. */
  readonly progress: readonly Record<string, unknown>[]
}

/** A folder that stands for the host, on which pieces of the dnf plugin run without rpm and dnf. */
export class DnfPlugin {
  readonly dir = mkdtempSync(join(tmpdir(), 'dnf-plugin-'))

  constructor() {
    for (const name of ['state', 'bin']) mkdirSync(join(this.dir, name))
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }

  run(code: string, env: Record<string, string> = {}): PluginResult {
    const { status, output } = spawnSync('python3', ['-B', '-c', PROLOGUE + code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`,
        PYTHONPATH: PATHS.join(':'),
        LC_ALL: 'C.UTF-8',
        HOST: this.dir,
        ...env,
      },
    })
    const lines = (output[3] ?? '').split('\n').filter((line) => line !== '')
    return {
      code: status,
      stdout: output[1] ?? '',
      stderr: output[2] ?? '',
      progress: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    }
  }

  journal(): Record<string, unknown>[] {
    const lines = readFileSync(join(this.dir, 'state/progress.jsonl'), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}
