import type { Answer, CommandResult, ImageIdentity } from '../remote/types.ts'

/** What the controller keeps of an upgrade that is under way on a host, so that a later run can find the host and go on watching. */
export interface UpgradeRecord {
  readonly version: 1
  /** Name of the attempt; it is on the image's kernel command line and in its result. */
  readonly run: string
  /** How the image is told and entered; null when nothing listens in it. */
  readonly image: ImageIdentity | null
  /** Digests of what was armed. */
  readonly plan: string
  readonly imageDigest: string
  readonly release: { readonly from: string; readonly to: string }
  /** The old system, as it was when the upgrade was armed. */
  readonly before: { readonly bootId: string; readonly kernel: string }
  /** UTC. */
  readonly armedAt: string
}

/** Where a host of which a record is kept answers from when a run begins. */
export interface Sight {
  readonly from: 'system' | 'image' | 'nobody'
  /** In words, for the operator. */
  readonly text: string
}

export interface PhaseReport {
  readonly phase: string
  readonly state: 'running' | 'overdue' | 'done'
  /** Packages, or whatever the phase counts. */
  readonly n?: number | undefined
  readonly of?: number | undefined
  /** Spent in this phase so far. */
  readonly seconds: number
  readonly text?: string | undefined
}

/** One of the logs that an upgrade left, or the end of it. */
export interface LogPart {
  /** Where it stands, for a person. */
  readonly name: string
  /** How much there is of it; undefined where that can't be told. */
  readonly bytes: number | undefined
  /** As the host sent it: whole lines. */
  readonly text: string
  /** What came before them was left out. */
  readonly cut: boolean
}

/** Where it is on the controller, or why it is not there. */
export type KeptLog = { readonly path: string } | { readonly missing: string }

/** A host that goes away and comes back as somebody else: for a task that follows it through its boots. */
export interface HostBoots {
  /** The host is the controller itself: it can't watch itself go away. */
  readonly isController: boolean
  /** Undefined when no upgrade is under way as far as this controller knows. */
  recall(): UpgradeRecord | undefined
  /** On the controller's disk when it resolves. */
  remember(record: UpgradeRecord): Promise<void>
  forget(): Promise<void>
  /** Gives the open connection up; the next look opens another one. */
  hangUp(): Promise<void>
  /** Who answers at the host's address. Rejects with RemoteError; whoever has neither's host key is refused as `host_key`. */
  answer(image: ImageIdentity | null, signal: AbortSignal): Promise<Answer>
  /** Runs read-only scripts on the host's system as the step's user. Rejects with RemoteError. */
  look(scripts: readonly string[], signal: AbortSignal): Promise<CommandResult[]>
  phase(report: PhaseReport): void
  /** Keeps what the upgrade image logged with the run, and tells where. Resolves to the file; undefined when it can't be kept. */
  keepLog(parts: readonly LogPart[]): Promise<string | undefined>
  /** Tells why there is no such log with the run. */
  lackLog(why: string): void
}
