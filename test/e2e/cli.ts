import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseRecap } from '../../lab/demo/runs.ts'
import type { RunEvent } from '../../src/events/types.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
/** The built program; another build of it, such as an installed package's, can be tried instead. */
export const CLI = process.env.UPGRADE_PUSH_CLI ?? join(PROJECT, 'dist/upgrade-push.mjs')
export const INITRAMFS = join(PROJECT, 'playbooks/initramfs.yml')
/** For tests that build an image and are about something else: dracut's own choice of compression takes most of the time. */
export const QUICK = ['-e', '{"image_compression": "zstd -3"}']
export const CANCEL = join(PROJECT, 'playbooks/cancel.yml')

/** How one run ended, as its user saw it. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
  recap: ReadonlyMap<string, Readonly<Record<string, number>>>
  /** Events on stdout, with `--output json`. */
  events: readonly RunEvent[]
}

/** One run of the program as a child process: its events as they come, and its end. */
export class Run {
  readonly ended: Promise<Ended>
  readonly child: ChildProcess
  readonly #events: RunEvent[] = []
  readonly #listeners = new Set<() => void>()
  #over = false

  constructor(args: readonly string[], { env = {}, cwd = PROJECT }: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    let stdout = ''
    let stderr = ''
    let rest = ''
    const json = args.includes('json')
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (!json) return
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#events.push(JSON.parse(line) as RunEvent)
      for (const listener of this.#listeners) listener()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        this.#over = true
        for (const listener of this.#listeners) listener()
        resolve({ code, stdout, stderr, recap: parseRecap(stdout), events: this.#events })
      })
    })
  }

  /** The first event that matches, past or to come. @throws Error when the run ends without one. */
  event(what: string, matches: (event: RunEvent) => boolean): Promise<RunEvent> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.#events.find(matches)
        if (!found && !this.#over) return
        this.#listeners.delete(look)
        if (found) resolve(found)
        else reject(new Error(`the run ended without ${what}`))
      }
      this.#listeners.add(look)
      look()
    })
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }
}

/** A folder for one test file: journals of its runs, inventories, playbooks. */
export class Workspace {
  readonly dir: string

  private constructor(dir: string) {
    this.dir = dir
  }

  static async make(): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), 'upgrade-push-e2e-')))
  }

  /** Starts a run whose journal stays in here. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
    return new Run(args, { env: { XDG_STATE_HOME: join(this.dir, 'state'), ...env } })
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended
  }

  /** Folders of the runs so far, oldest first. */
  async runs(): Promise<string[]> {
    const root = join(this.dir, 'state/upgrade-push/runs')
    const dirs = (await readdir(root)).map((name) => join(root, name))
    // Two may begin in one second, and names tell no less than that.
    const born = await Promise.all(dirs.map(async (dir) => (await stat(dir, { bigint: true })).birthtimeNs))
    const age = new Map(dirs.map((dir, i) => [dir, born[i] ?? 0n]))
    return dirs.sort((a, b) => Number((age.get(a) ?? 0n) - (age.get(b) ?? 0n)))
  }

  /** The events of a run's journal. */
  async journal(run: string): Promise<RunEvent[]> {
    const text = await readFile(join(run, 'events.ndjson'), 'utf8')
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunEvent]))
  }

  async remove(): Promise<void> {
    // Steps of a run that was killed go on for a moment on hosts that are this machine, and may still write in here.
    await rm(this.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
}
