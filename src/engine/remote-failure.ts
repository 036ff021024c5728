import { UserError } from '../diagnostics/diagnostic.ts'
import type { Status } from '../events/types.ts'
import { PendingValue } from '../expression/values.ts'
import { RemoteError, type RemoteErrorKind } from '../remote/types.ts'
import { ApplyError, OverdueError, ProbeError } from '../tasks/contract.ts'

/** How a step ended that did not end well. */
export interface Failure {
  readonly status: Extract<Status, 'failed' | 'refused' | 'unreachable' | 'overdue'>
  readonly message: string
  readonly remedy?: string | undefined
  /** The operator cut it short: the host is neither well nor broken. */
  readonly interrupted?: boolean | undefined
}

const STATUS: Record<RemoteErrorKind, Failure['status']> = {
  unreachable: 'unreachable',
  host_key: 'unreachable',
  auth: 'unreachable',
  lost: 'unreachable',
  protocol: 'unreachable',
  killed: 'failed',
  timeout: 'failed',
  become: 'failed',
  fenced: 'failed',
  upload: 'failed',
  aborted: 'failed',
  sandbox: 'refused',
}

/**
 * Turns what was thrown while a step ran into words for the operator. Whatever is none of the errors that we know is a bug, ours or a
 * plugin's: it fails its host, and must not cut the other hosts off in the middle of their changes.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof RemoteError) {
    return {
      status: STATUS[error.kind],
      message: error.message,
      remedy: error.remedy,
      ...(error.kind === 'aborted' ? { interrupted: true } : {}),
    }
  }
  if (error instanceof OverdueError) return { status: 'overdue', message: error.message, remedy: error.remedy }
  if (error instanceof Refusal) return { status: 'refused', message: error.message, remedy: error.remedy }
  if (error instanceof PendingValue) return { status: 'failed', message: error.message }
  if (error instanceof UserError || error instanceof ProbeError || error instanceof ApplyError) {
    return {
      status: 'failed',
      message: error.message,
      ...(error instanceof ApplyError ? { remedy: error.remedy } : {}),
    }
  }
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: undefined }
  const place = stack?.split('\n').find((line) => /^\s+at /.test(line))
  return {
    status: 'failed',
    message: `a bug in upgrade-push or in a plugin: ${name}: ${message}${place === undefined ? '' : ` (${place.trim()})`}`,
    remedy: 'please report it; the other hosts go on',
  }
}

/** The engine itself declines a step before anything was done. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}
