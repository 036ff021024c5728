import { setTimeout as sleep } from 'node:timers/promises'
import { FENCED, type FencedShell, fenced } from '../fence.ts'
import { assign } from '../quote.ts'
import { lastLine } from '../sanitise.ts'
import { type JobOptions, type JobResult, type JobSpec, RemoteError } from '../types.ts'
import { Follower } from './follow.ts'
import { COLLECT, DISK_FULL, jobDir, runner, START, STOP, STOP_OTHERS } from './scripts.ts'

const START_TIMEOUT_MS = 60_000

/** See Remote.job. Rejects with RemoteError: timeout, aborted, fenced, lost. */
export async function runJob(shell: FencedShell, spec: JobSpec, options: JobOptions = {}): Promise<JobResult> {
  if (!/^[a-z0-9-]{1,64}$/.test(spec.name)) throw new RangeError(`not the name of a job: ${spec.name}`)
  if (!/^\S+$/.test(spec.inputsDigest)) throw new RangeError('a digest of inputs is one word')
  const job = new Job(shell, spec, options)
  return job.run()
}

class Job {
  readonly #shell: FencedShell
  readonly #spec: JobSpec
  readonly #signal: AbortSignal | undefined
  readonly #follower: Follower
  readonly #dir: string

  constructor(shell: FencedShell, spec: JobSpec, { signal, onLine }: JobOptions) {
    this.#shell = shell
    this.#spec = spec
    this.#signal = signal
    this.#dir = jobDir(spec.name)
    this.#follower = new Follower(shell, this.#dir, onLine, signal)
  }

  async run(): Promise<JobResult> {
    const found = await this.#follower.poll()
    const ours = found.inputs === this.#spec.inputsDigest
    // A job that ended unwatched is told once; one that was killed has nothing to tell.
    const adopted = ours && (found.state === 'running' || (found.state === 'exited' && !found.collected))
    try {
      if (!adopted) await this.#begin()
      return { ...(await this.#follow()), adopted, logPath: `${this.#dir}/stdout` }
    } catch (error) {
      // Also when it was cancelled in the middle of being started.
      if (error instanceof RemoteError && (error.kind === 'aborted' || error.kind === 'timeout'))
        await this.#stopQuietly()
      throw error
    }
  }

  async #begin(): Promise<void> {
    await this.#command(STOP, 'stop what an earlier run started')
    await this.#command(STOP_OTHERS, 'stop what an earlier run started', { keep: this.#spec.name })
    await this.#start()
    this.#follower.restart()
  }

  async #follow(): Promise<Omit<JobResult, 'adopted' | 'logPath'>> {
    const { timeoutMs, name } = this.#spec
    const began = Date.now()
    for (;;) {
      const status = await this.#follower.next()
      const over = Math.max(status.elapsedMs, Date.now() - began) > timeoutMs
      if (status.state === 'exited') {
        const { stdout, stderr, truncated } = this.#follower.finish()
        if (status.code === FENCED && stdout === '' && stderr === '') throw fenced(this.#shell.host)
        await this.#command(COLLECT, 'record that the result was seen')
        const diskFull = stderr.split('\n').findLast((line) => line.startsWith(DISK_FULL))
        return { code: status.code, stdout, stderr, truncated, diskFull: diskFull?.slice(DISK_FULL.length) }
      }
      if (over) {
        const seconds = Math.round(timeoutMs / 1000)
        throw this.#error(
          'timeout',
          `${name} took longer than ${seconds} s and was stopped`,
          `see ${this.#dir}/stdout on the host`,
        )
      }
      if (status.state !== 'running') {
        const { stderr, stdout } = this.#follower.finish()
        const said = lastLine(stderr) || lastLine(stdout)
        throw this.#error(
          'killed',
          `${name} was killed, or the host was reset${said ? `; its last line: ${said}` : ''}`,
          'run again',
        )
      }
      await pause(Date.now() - began < 10_000 ? 250 : 1000, this.#shell.host, this.#signal)
    }
  }

  async #start(): Promise<void> {
    const { name, script, inputsDigest, timeoutMs } = this.#spec
    const variables = {
      name,
      dir: this.#dir,
      inputs: inputsDigest,
      seconds: Math.ceil(timeoutMs / 1000) + 5,
      runner: runner(await this.#shell.token(this.#signal)),
    }
    await this.#command(START, 'start', variables, Buffer.from(`${script}\n`))
  }

  async #command(
    script: string,
    what: string,
    variables: Record<string, string | number> = {},
    payload?: Buffer,
  ): Promise<void> {
    const text = assign({ name: this.#spec.name, dir: this.#dir, ...variables }) + script
    const section = { script: text, payload, stop: false, timeoutMs: START_TIMEOUT_MS }
    const [result] = await this.#shell.send([section], 64 * 1024, this.#signal)
    if (result?.code === 0) return
    const why = lastLine(result?.stderr.toString() ?? '') || `code ${result?.code}`
    throw this.#error('protocol', `${this.#spec.name}: can't ${what}: ${why}`, 'is /var full? Is the host in order?')
  }

  async #stopQuietly(): Promise<void> {
    const text = assign({ name: this.#spec.name, dir: this.#dir }) + STOP
    // The reason why it is stopped is what gets told; the next run stops it again before it starts its own.
    await this.#shell.send([{ script: text, stop: false, timeoutMs: START_TIMEOUT_MS }], 4096).catch(() => {})
  }

  #error(kind: 'timeout' | 'killed' | 'protocol', message: string, remedy: string): RemoteError {
    return new RemoteError(kind, this.#shell.host, message, remedy)
  }
}

/** Waits, unless cancelled. */
async function pause(ms: number, host: string, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => {
    throw new RemoteError('aborted', host, 'cancelled by the operator', 'the job was stopped on the host')
  })
}
