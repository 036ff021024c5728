import { Sudo } from '../become.ts'
import { argv } from '../quote.ts'
import { sandboxed, sandboxFailure } from '../sandbox.ts'
import { sanitise } from '../sanitise.ts'
import { type Become, RemoteError } from '../types.ts'
import type { FrameChannel } from '../wire/channel.ts'
import { LOOP } from '../wire/loop.ts'
import { NoGreeting, openChannel } from '../wire/open.ts'
import type { Pipe } from '../wire/pipe.ts'
import { SplitError } from '../wire/splitter.ts'

/** Starts a command on the host: over SSH or locally. */
type Exec = (command: string) => Promise<Pipe>

export interface OpenerOptions {
  readonly host: string
  readonly exec: Exec
  readonly become?: Become | undefined
  /** In a mount namespace where nothing can be written. */
  readonly readOnly: boolean
  readonly timeoutMs: number
}

/** Opens a framed channel as the login user or another one, in the sandbox or out of it. Rejects with RemoteError. */
export async function openLoop(options: OpenerOptions, signal?: AbortSignal): Promise<FrameChannel> {
  const { host, exec, become, readOnly, timeoutMs } = options
  const sudo = become && new Sudo(host, become)
  const start = (nonce: string) => {
    const program = readOnly ? sandboxed(LOOP, nonce) : ['/bin/sh', '-c', LOOP, 'upgrade-push', nonce]
    return exec(sudo ? sudo.command(program) : `exec ${argv(program)}`)
  }
  try {
    return await openChannel(host, start, { timeoutMs, signal, early: sudo?.early })
  } catch (error) {
    if (error instanceof SplitError) throw new RemoteError('protocol', host, `no proper greeting: ${error.message}`)
    if (!(error instanceof NoGreeting)) throw error
    throw (readOnly && sandboxFailure(host, error)) || sudo?.failure(error) || shellFailure(host, error)
  }
}

function shellFailure(host: string, { stdout, stderr, code, timedOut }: NoGreeting): RemoteError {
  const said = sanitise(`${stderr}\n${stdout}`)
  const how = timedOut ? 'gave no shell in time' : `gave no shell (code ${code ?? 'none'})`
  return new RemoteError('protocol', host, `the login ${how}${said ? `: ${said}` : ''}`, "check the user's login shell")
}
