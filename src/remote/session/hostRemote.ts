import type PQueue from 'p-queue'
import { behind, type FencedShell, type HeldLock } from '../fence.ts'
import { runJob } from '../job/job.ts'
import { STOP_OTHERS } from '../job/scripts.ts'
import { releaseLock, takeLock } from '../lock/lock.ts'
import { assign } from '../quote.ts'
import { lastLine } from '../sanitise.ts'
import { STATE_DIR } from '../state.ts'
import {
  type CommandResult,
  type FrameOptions,
  type JobOptions,
  type JobResult,
  type JobSpec,
  type LockOutcome,
  type LockOwner,
  type Remote,
  RemoteError,
  type Section,
  type SectionResult,
  type UploadOptions,
  type UploadSource,
} from '../types.ts'
import { upload } from '../upload/upload.ts'
import type { RawResult } from '../wire/channel.ts'
import type { WireSection } from '../wire/frame.ts'
import type { FrameShell } from '../wire/shell.ts'
import { ProbeRemote } from './probe.ts'
import { asCommand, fromWire, OUTPUT_CAP, toldFromWire, toWire } from './sections.ts'

const COMMAND_TIMEOUT_MS = 600_000

/** Travels with the first change after the lock was taken. */
const SETTLE: WireSection = { script: assign({ keep: '' }) + STOP_OTHERS, stop: true, timeoutMs: 60_000 }

/** What a session hands to the remote of one user. */
export interface RemoteParts {
  readonly shell: FrameShell
  /** The same shell behind the session's fence. */
  readonly fenced: FencedShell
  /** Another channel of the same user. */
  readonly bulk: () => FencedShell
  readonly held: HeldLock
  /** Bounds the uploads of the session, each of which may have a channel of its own. */
  readonly uploads: PQueue
}

/** A host that can be changed, as one of its users. */
export class HostRemote extends ProbeRemote implements Remote {
  readonly #parts: RemoteParts

  constructor(parts: RemoteParts) {
    super(parts.fenced.host, parts.shell)
    this.#parts = parts
  }

  async frame(sections: readonly Section[], options: FrameOptions = {}): Promise<SectionResult[]> {
    const { fenced, held } = this.#parts
    const wire = sections.map((section) => toWire(section, COMMAND_TIMEOUT_MS))
    const settles = !held.settled && (await fenced.token(options.signal)) !== undefined
    const sent = settles ? [SETTLE, ...wire] : wire
    const cap = options.maxOutputBytes ?? OUTPUT_CAP
    const told = behind(settles ? 1 : 0, toldFromWire(options.onResult))
    const results = await fenced.send(sent, cap, options.signal, told)
    if (settles) this.#settled(results.shift())
    return results.map(fromWire)
  }

  #settled(result: RawResult | undefined): void {
    if (result?.code !== 0) {
      const why = lastLine(result?.stderr.toString() ?? '') || `code ${result?.code}`
      throw new RemoteError(
        'timeout',
        this.host,
        `what an earlier run left running can't be stopped: ${why}`,
        `look at ${STATE_DIR}/jobs on the host`,
      )
    }
    this.#parts.held.settled = true
  }

  async run(
    script: string,
    options: FrameOptions & { payload?: Uint8Array; timeoutMs?: number } = {},
  ): Promise<CommandResult> {
    const { payload, timeoutMs, ...rest } = options
    const [result] = await this.frame([{ script, payload, timeoutMs, onFailure: 'stop' }], rest)
    return asCommand(result as SectionResult)
  }

  async upload(source: UploadSource, path: string, options: UploadOptions): Promise<{ changed: boolean }> {
    const { fenced, bulk, uploads, held } = this.#parts
    if (!held.settled && (await fenced.token(options.signal)) !== undefined) await this.frame([], options)
    return uploads.add(() => upload({ shell: fenced, bulk }, source, path, options))
  }

  job(spec: JobSpec, options?: JobOptions): Promise<JobResult> {
    return runJob(this.#parts.fenced, spec, options)
  }

  async lock(owner: LockOwner): Promise<LockOutcome> {
    const outcome = await takeLock(this.host, this.#parts.shell, owner)
    const { held } = this.#parts
    if (outcome.kind === 'taken') {
      held.settled &&= held.token === outcome.token
      held.token = outcome.token
    }
    return outcome
  }

  async unlock(): Promise<void> {
    const { held, shell } = this.#parts
    if (held.token === undefined) return
    await releaseLock(shell, held.token)
    held.token = undefined
  }
}
