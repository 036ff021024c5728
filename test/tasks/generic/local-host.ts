import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ValueMap } from '../../../src/expression/values.ts'
import type { CommandResult } from '../../../src/remote/types.ts'
import type { ApplyFrame, ControllerFiles, Task, Verdict } from '../../../src/tasks/contract.ts'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'

/** This machine as a host: scripts run by /bin/sh, as the wire runs them (a subshell, payload on stdin). */
export class LocalHost {
  /** The "host's" part of the file system. */
  readonly dir: string
  /** Directory of the "playbook". */
  readonly playbookDir: string
  readonly files: ControllerFiles
  readonly #top: string
  readonly #shell: string

  constructor(shell = '/bin/sh') {
    this.#shell = shell
    this.#top = realpathSync(mkdtempSync(join(tmpdir(), 'local-host-')))
    this.dir = join(this.#top, 'host')
    this.playbookDir = join(this.#top, 'playbook')
    spawnSync('mkdir', ['-p', this.dir, this.playbookDir])
    // A clock that jumps, so that no test sees a cached answer of before its own change.
    let now = 0
    this.files = createControllerFiles({
      playbookDir: this.playbookDir,
      assetsDir: join(this.#top, 'assets'),
      now: () => (now += 10_000),
    })
  }

  remove(): void {
    rmSync(this.#top, { recursive: true, force: true })
  }

  sh(script: string, payload?: Uint8Array): CommandResult {
    const wrapped = `( eval "$UP_SCRIPT" )`
    const done = spawnSync(this.#shell, ['-c', wrapped], {
      env: { ...process.env, UP_SCRIPT: script },
      input: payload ?? new Uint8Array(),
      maxBuffer: 64 * 1024 * 1024,
    })
    return {
      code: done.status ?? 255,
      stdout: done.stdout.toString(),
      stderr: done.stderr.toString(),
      truncated: false,
    }
  }

  /** Arguments validated, files loaded, probes run, verdict. */
  // biome-ignore lint/suspicious/noExplicitAny: a test drives tasks of any shape
  async check(task: Task<any, any, any, any>, given: unknown): Promise<Verdict<any>> {
    const args = task.args.parse(given)
    const local = await task.load?.(args, this.files)
    const facts: Record<string, unknown> = {}
    for (const [key, probe] of Object.entries(task.probes(args, local))) facts[key] = probe.parse(this.sh(probe.script))
    return task.check({
      args,
      facts,
      local,
      given: {},
      host: 'local',
      mode: 'apply',
      evaluate: () => {
        throw new Error('no expressions here')
      },
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test drives tasks of any shape
  run(task: Task<any, any, any, any>, verdict: Verdict<any>): CommandResult & { result: ValueMap } {
    if (verdict.kind !== 'change' && verdict.kind !== 'action')
      throw new Error(`nothing to apply: ${JSON.stringify(verdict)}`)
    // What is journalled is what is applied: the spec must survive JSON.
    const spec = JSON.parse(JSON.stringify(verdict.spec)) as unknown
    const frame = task.compile?.(spec, this.files) as ApplyFrame
    const output = this.sh(frame.script, frame.payload)
    return { ...output, result: { ...verdict.result, ...frame.result?.(output) } }
  }

  /** The whole cycle of a change: it must be wanted, succeed, and be wanted no more. */
  // biome-ignore lint/suspicious/noExplicitAny: a test drives tasks of any shape
  async converge(task: Task<any, any, any, any>, given: unknown) {
    const before = await this.check(task, given)
    if (before.kind !== 'change') throw new Error(`expected a change: ${JSON.stringify(before)}`)
    const done = this.run(task, before)
    if (done.code !== 0) throw new Error(`the change failed: ${done.stderr}`)
    const after = await this.check(task, given)
    if (after.kind !== 'ok') throw new Error(`did not converge: ${JSON.stringify(after)}`)
    return { before, done, after }
  }
}
