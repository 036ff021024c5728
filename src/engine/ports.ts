import type { EventBody, Mode } from '../events/types.ts'
import type { RawMap, ValueMap } from '../expression/values.ts'
import type { TagSelection } from '../plan/tags.ts'
import type { Answer, ApplySession, CheckSession, ImageIdentity, LockOwner } from '../remote/types.ts'
import type { ControllerFiles, KeptLog, LogPart, Task, UpgradeRecord } from '../tasks/contract.ts'
import type { Forecast } from './forecast.ts'

/** A connection to a host. In check mode only `check` is there: the type has no way to write. */
export type OpenSession =
  | { readonly mode: 'check'; readonly session: CheckSession }
  | { readonly mode: 'apply'; readonly session: ApplySession }

/** What this controller knows of upgrades that are under way, by host; kept on its disk. */
export interface UpgradeMemory {
  /** Throws UserError for a record that can't be read. */
  recall(host: string): UpgradeRecord | undefined
  /** Durable when it resolves; rejects with UserError. */
  remember(host: string, record: UpgradeRecord): Promise<void>
  forget(host: string): Promise<void>
}

/** What the engine needs of the controller, handed in by the command line. With this alone no host can be reached. */
export interface ControllerPorts {
  emit(event: EventBody): void
  /** Resolves when all events emitted so far are on disk. */
  durable(): Promise<void>
  plugin(name: string): Task
  filesFor(playbookDir: string): ControllerFiles
  /** A vars file of a play; throws UserError. */
  varsFile(path: string): Promise<RawMap>
  fileExists(path: string): boolean
  /** Inventory variables of a host, group_vars and host_vars included. */
  inventoryVariables(host: string): RawMap
  /** Keeps what a host's upgrade image logged in the folder of the run. Rejects for bugs only. */
  keepLog(host: string, parts: readonly LogPart[]): Promise<KeptLog>
  /** Told of every secret that variables or prompts hold, before it can reach an event. */
  secret(value: string): void
}

/** The same, and the way to the hosts. */
export interface EnginePorts extends ControllerPorts {
  /** Opens the connection of a host; called once per host and run, and again where that failed and the operator lets a host begin again. `variables`: its `ansible_*` variables, rendered. */
  connect(host: string, variables: ValueMap, mode: Mode, signal: AbortSignal): Promise<OpenSession>
  /** Who answers at a host's address: its system, or the upgrade image. Rejects with RemoteError. */
  answer(host: string, variables: ValueMap, image: ImageIdentity | undefined, signal: AbortSignal): Promise<Answer>
  /** The host is this machine itself. */
  isLocal(host: string, variables: ValueMap): boolean
  readonly upgrades: UpgradeMemory
  lockOwner(): LockOwner
}

export interface EngineOptions {
  readonly mode: Mode
  readonly forks: number
  readonly diff: boolean
  readonly tags: TagSelection
  readonly extraVars: RawMap
  /** Inventory names left by `--limit`; undefined: all. */
  readonly limit: ReadonlySet<string> | undefined
  readonly become: boolean
  readonly becomeUser: string | undefined
  readonly becomePassword: string | undefined
  /** A check writes down here what it foresees; an apply is held to it. Without it an apply does what is to be done. */
  readonly forecast?: Forecast | undefined
  /** By task, the milliseconds that it took on most hosts of past runs. Only told on: nothing is decided by them. */
  readonly usual?: ReadonlyMap<string, { readonly low: number; readonly high: number }> | undefined
}
