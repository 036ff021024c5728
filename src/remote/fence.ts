import { STATE_DIR } from './state.ts'
import { RemoteError } from './types.ts'
import type { OnResult, RawResult } from './wire/channel.ts'
import type { WireSection } from './wire/frame.ts'
import type { FrameShell } from './wire/shell.ts'

/** Exit code of a fence that found another token: none that a script of ours uses. */
export const FENCED = 97

/** Shell that ends with FENCED unless the host's lock carries this token. Builtins only: it rides before every write. */
export function fenceScript(token: number): string {
  return `while IFS= read -r line; do
  [ "$line" != token=${token} ] || exit 0
done 2>/dev/null <${STATE_DIR}/lock
exit ${FENCED}`
}

/** The lock that a session holds on its host, shared by all its shells. */
export interface HeldLock {
  token: number | undefined
  /** What an earlier run left running was stopped since the lock was taken. */
  settled: boolean
}

/** A shell whose frames start with the fence while the session holds the lock. Only root can see the lock, so only root's frames are fenced. */
export class FencedShell {
  readonly host: string
  readonly #shell: FrameShell
  readonly #held: HeldLock

  constructor(host: string, shell: FrameShell, held: HeldLock) {
    this.host = host
    this.#shell = shell
    this.#held = held
  }

  /** The token that writes must carry now. */
  async token(signal?: AbortSignal): Promise<number | undefined> {
    return this.#held.token !== undefined && (await this.#shell.uid(signal)) === 0 ? this.#held.token : undefined
  }

  /** Sends a frame behind the fence. Rejects with RemoteError `fenced`, having run nothing, when another run holds the lock. */
  async send(
    sections: readonly WireSection[],
    cap: number,
    signal?: AbortSignal,
    onResult?: OnResult,
  ): Promise<RawResult[]> {
    const token = await this.token(signal)
    if (token === undefined) return this.#shell.send(sections, cap, signal, onResult)
    const guard: WireSection = { script: fenceScript(token), stop: true, timeoutMs: 30_000 }
    const [passed, ...results] = await this.#shell.send([guard, ...sections], cap, signal, behind(1, onResult))
    if (passed?.code !== 0) throw fenced(this.host)
    return results
  }

  close(): void {
    this.#shell.close()
  }
}

/** For a frame with `lead` sections of our own in front, of which nobody asked to hear. */
export function behind(lead: number, onResult: OnResult | undefined): OnResult | undefined {
  return onResult && ((index, result) => (index < lead ? undefined : onResult(index - lead, result)))
}

export function fenced(host: string): RemoteError {
  return new RemoteError(
    'fenced',
    host,
    "this run no longer holds the host's lock: another run took it over",
    'nothing more was written; look at the other run before you start again',
  )
}
