/** What a command left behind. `code` is never null: a link that died throws ConnectionLost instead. */
export interface CommandResult {
  readonly code: number
  /** UTF-8 with U+FFFD for bytes that are not; capped, see `truncated`. */
  readonly stdout: string
  readonly stderr: string
  /** True when output went over the cap and the rest was dropped. */
  readonly truncated: boolean
}

/** One piece of a frame: a POSIX sh script that reads its payload, if any, on stdin. Runs in a subshell of its own. */
export interface Section {
  readonly script: string
  /** Bytes for the script's stdin. What it does not read is drained, so it can't be taken for a command. */
  readonly payload?: Uint8Array | undefined
  /** What a non-zero exit means for the sections after it: `stop` skips them (they come back with `ran: false`). */
  readonly onFailure: 'stop' | 'continue'
  /** Default: the remote's own bound. */
  readonly timeoutMs?: number | undefined
  /**
   * Called while the script runs, once it has run for a second and then twice a second at most, with the newest complete line of what it
   * printed: lines in between are left out. Must not throw.
   */
  readonly onLine?: ((line: string) => void) | undefined
}

export interface SectionResult extends CommandResult {
  /** False when an earlier section with `onFailure: 'stop'` failed: the script was not started. */
  readonly ran: boolean
}

export interface FrameOptions {
  readonly signal?: AbortSignal | undefined
  /** Cap for stdout and stderr of each section, bytes. Default 1 MiB. */
  readonly maxOutputBytes?: number | undefined
  /**
   * Called with each section's result as soon as it is there, in order; what is known when the frame ends badly was told here. Must not throw.
   */
  readonly onResult?: ((result: SectionResult) => void) | undefined
}

/**
 * In a check everything is mounted read-only, so the mount table no longer tells how the host really is. The sandbox keeps the tables
 * from before in these files, and says so to scripts by environment variables that hold their names; outside of it they are unset.
 */
export const HOST_MOUNTS = {
  mountinfo: { variable: 'UPGRADE_PUSH_MOUNTINFO', file: '/dev/shm/upgrade-push.mountinfo' },
  mounts: { variable: 'UPGRADE_PUSH_MOUNTS', file: '/dev/shm/upgrade-push.mounts' },
} as const

/** A host that can only be looked at. As root its channel lives in a mount namespace in which every filesystem is read-only. */
export interface ReadOnlyRemote {
  readonly host: string
  /** Numeric id of the user that scripts run as. */
  uid(): Promise<number>
  /** Sends the sections as one frame: one round trip. */
  probe(sections: readonly Section[], options?: FrameOptions): Promise<SectionResult[]>
}

export interface UploadSource {
  /** Size in bytes. */
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  /** The bytes, or a file of the controller to be streamed. */
  readonly from: Uint8Array | { readonly path: string }
}

export interface UploadOptions {
  /** Octal permission bits, such as 0o644. */
  readonly mode: number
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/** Work that outlives the SSH channel: detached on the host, followed by its files, adopted or stopped by a later run. */
export interface JobSpec {
  /** Fixed name, `[a-z0-9-]+`: one job of a name exists on a host at a time. */
  readonly name: string
  readonly script: string
  /** What the job is for; a job found running with the same digest is adopted, with another one it is stopped first. */
  readonly inputsDigest: string
  readonly timeoutMs: number
}

export interface JobOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with each complete line of output, as it comes. */
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined
}

export interface JobResult extends CommandResult {
  /** True when the job had been started by an earlier run and was followed to its end. */
  readonly adopted: boolean
  /** Where the whole output is kept on the host. */
  readonly logPath: string
  /** The job failed while the disk of its state was full: where, with figures. What it said itself then names other causes, or nothing. */
  readonly diskFull?: string | undefined
}

export interface Remote extends ReadOnlyRemote {
  /** Sends the sections as one frame, with the fencing token checked before the first one when a lock is held. */
  frame(sections: readonly Section[], options?: FrameOptions): Promise<SectionResult[]>
  /** One section; throws nothing for a non-zero code. */
  run(script: string, options?: FrameOptions & { payload?: Uint8Array; timeoutMs?: number }): Promise<CommandResult>
  /** Temporary name in the same directory, digest checked, fsync, rename. Resolves to `changed: false` when the host has it already. */
  upload(source: UploadSource, path: string, options: UploadOptions): Promise<{ changed: boolean }>
  job(spec: JobSpec, options?: JobOptions): Promise<JobResult>
  /** Takes, or takes over from a dead run, the host's lock; later frames and jobs carry its fencing token. */
  lock(owner: LockOwner): Promise<LockOutcome>
  unlock(): Promise<void>
}

export interface LockOwner {
  readonly run: string
  /** user@controller, shown to whoever finds the lock. */
  readonly who: string
  /** Tells whether the holder still lives, when the controller is the same machine: boot id, pid, start time. */
  readonly process: { readonly bootId: string; readonly pid: number; readonly startTime: string }
  /** Take it even from a run that may be alive. */
  readonly force?: boolean | undefined
}

export type LockOutcome =
  | { readonly kind: 'taken'; readonly token: number; readonly tookOverFrom?: string | undefined }
  | { readonly kind: 'held'; readonly by: string; readonly run: string; readonly since: string }

/** Variables of a host that hold passwords. */
export const SECRET_VARIABLES: readonly string[] = [
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ansible_become_password',
  'ansible_become_pass',
  'ansible_sudo_pass',
]

/** How to become another user on the host. */
export interface Become {
  readonly method: 'sudo'
  readonly user: string
  readonly password?: string | undefined
  readonly exe?: string | undefined
  readonly flags?: string | undefined
}

/** A connection for looking only. No method of it can write. */
export interface CheckSession {
  readonly host: string
  /** The remote of the login user, or of the user to become; channels are opened once and kept. */
  readOnly(become?: Become): Promise<ReadOnlyRemote>
  close(): Promise<void>
}

/** A connection for acting. */
export interface ApplySession extends CheckSession {
  writable(become?: Become): Promise<Remote>
}

/** A host's upgrade image, as the controller may trust it: both keys were recorded over the verified connection to the system. */
export interface ImageIdentity {
  /** The image's host key as known_hosts spells it: `ssh-ed25519 AAAA...`. */
  readonly hostKey: string
  /** The one public key that root of the image lets in, spelt likewise. */
  readonly authorizedKey: string
  /** Private key file on the controller that belongs to it, where it is neither the controller's own nor one that opens the host. */
  readonly keyFile?: string | undefined
}

export interface ImageRunOptions {
  readonly signal?: AbortSignal | undefined
  /** Each complete line of standard output, as it comes; cut at 16 KiB. */
  readonly onLine?: ((line: string) => void) | undefined
  /** Gives the link up as lost when nothing came for so long. */
  readonly idleMs?: number | undefined
}

/** A host that answers from its upgrade image. */
export interface ImageSession {
  readonly host: string
  /** Runs a program of the image. Resolves when it ended; rejects with RemoteError `lost` or `aborted`. */
  run(command: readonly string[], options?: ImageRunOptions): Promise<CommandResult>
  close(): void
}

/** Who answers at a host's address: told apart by the host key that it presents. */
export type Answer = { readonly from: 'system' } | { readonly from: 'image'; readonly session: ImageSession }

/** Each of these is a reason a host is not a success; the engine maps them to `unreachable` or `failed`. */
export type RemoteErrorKind =
  | 'unreachable' // no connection: refused, timed out, name not found
  | 'host_key' // unknown, changed or revoked
  | 'auth' // no method was accepted
  | 'become' // sudo refused, or its password was wrong
  | 'lost' // the link died mid-command
  | 'killed' // a job ended without an exit code, while the host answers
  | 'timeout' // bounded time is over
  | 'aborted' // by the operator
  | 'sandbox' // no read-only namespace to be had
  | 'protocol' // the host answered something that is no frame
  | 'fenced' // another run took the host over
  | 'upload' // digest mismatch, no space, not writable

export class RemoteError extends Error {
  readonly kind: RemoteErrorKind
  readonly host: string
  /** What to do about it. */
  readonly remedy: string | undefined

  constructor(kind: RemoteErrorKind, host: string, message: string, remedy?: string) {
    super(message)
    this.name = 'RemoteError'
    this.kind = kind
    this.host = host
    this.remedy = remedy
  }
}
