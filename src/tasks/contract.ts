import type { z } from 'zod'
import type { ExpressionText, Value, ValueMap } from '../expression/values.ts'
import type { CommandResult, Remote } from '../remote/types.ts'
import type { HostBoots, Sight, UpgradeRecord } from './boots.ts'

export type { HostBoots, KeptLog, LogPart, PhaseReport, Sight, UpgradeRecord } from './boots.ts'

/**
 * What a probe reads or a change touches on a host.
 * `path:/a` that very entry; `tree:/a` it and all below; `*` anything. Two meet when they are equal, one is a tree above the other, or one is `*`.
 */
export type Resource = `path:${string}` | `tree:${string}` | '*'

/** Read-only POSIX sh, declared as data; the engine batches probes of many steps into one round trip and runs equal ids once. */
export interface Probe<Fact> {
  /** Same id = same script = same answer. Include whatever parameterises it. */
  readonly id: string
  readonly script: string
  readonly reads: readonly Resource[]
  /** Never throws for what a host may say; throws ProbeError with a message when the answer can't be used. */
  parse(output: CommandResult): Fact
  /**
   * How the fact changes once these directories, which are missing now, were made; undefined when only the host can tell.
   * Steps that go into a directory then travel in one frame with the step that makes it.
   */
  foresee?(made: ReadonlySet<string>): ((fact: Fact) => Fact) | undefined
}

export class ProbeError extends Error {
  override name = 'ProbeError'
}

/** Thrown by `apply`: what went wrong, in words for the operator, with figures and what to do. */
export class ApplyError extends Error {
  override name = 'ApplyError'
  readonly remedy: string | undefined

  constructor(message: string, remedy?: string) {
    super(message)
    this.remedy = remedy
  }
}

/** Thrown by `apply`: the host did not come back in the longest time allowed. It is neither well nor known to be broken. */
export class OverdueError extends Error {
  override name = 'OverdueError'
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

export type Probes<Facts> = { readonly [Key in keyof Facts]: Probe<Facts[Key]> }

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'inhibitor'

/** Something the operator should know about a host. An `inhibitor` that is not accepted by its key makes the step refuse. */
export interface Finding {
  /** Stable, `[a-z0-9_]+`: what an operator writes into `accept_findings`. */
  readonly key: string
  readonly severity: Severity
  readonly title: string
  /** Cause with the figures that led to it. */
  readonly detail: string
  readonly remedy?: string | undefined
}

export type Diff =
  | { readonly kind: 'text'; readonly path: string; readonly before: string; readonly after: string }
  /** Things rather than lines: packages, files, modules. */
  | {
      readonly kind: 'items'
      readonly title: string
      readonly added: readonly string[]
      readonly removed: readonly string[]
      readonly changed: readonly string[]
    }

/** Products of a step that later steps of the same host take as input, in check mode too, by a well-known name such as `request`. */
export type Provides = { readonly [name: string]: unknown }

interface Told {
  /** One line for the operator. */
  readonly summary?: string | undefined
  readonly findings?: readonly Finding[] | undefined
  readonly provides?: Provides | undefined
  /** What `register` sees (merged with changed, failed, msg). In a change: what it would see, for check mode. */
  readonly result?: ValueMap | undefined
}

export type Verdict<Spec> =
  | (Told & {
      readonly kind: 'ok'
      /** Variables for the host: `set_fact`. */
      readonly vars?: ValueMap | undefined
      /** Facts for the host: `setup`. */
      readonly facts?: ValueMap | undefined
    })
  | (Told & {
      readonly kind: 'change'
      readonly summary: string
      readonly diff?: readonly Diff[] | undefined
      readonly touches: readonly Resource[]
      /** Directories that it makes; the touches that say so (`path:/a`, `path:/a/.`) do nothing else to them. */
      readonly makes?: readonly string[] | undefined
      /**
       * JSON-safe: journalled as intent before apply. Must hold no secret and no file content: name content by digest. Nor a time or a random
       * value: touches, diff and spec are what a person confirms, and a change that has others at its turn is not made.
       */
      readonly spec: Spec
    })
  /** Something without a postcondition (a bare command): check mode skips it and says so; after apply nothing can be verified. */
  | (Told & {
      readonly kind: 'action'
      readonly summary: string
      readonly touches: readonly Resource[]
      readonly spec: Spec
    })
  /** Nothing was done and nothing will be: the cause, with figures, and what to do. The host fails at this step. */
  | (Told & { readonly kind: 'refuse'; readonly reason: string; readonly remedy?: string | undefined })

/** Files of the controller, by digest; bytes are read once for the whole fleet. */
export interface Content {
  readonly sha256: string
  readonly size: number
  /** Path on the controller, for big files that are streamed. */
  readonly path?: string | undefined
}

export interface TarEntry {
  /** Relative name in the archive. */
  readonly name: string
  readonly mode: number
  /** A file's content, or undefined for a directory. */
  readonly content?: Content | undefined
}

/** The controller's side, for tasks that bring files along. Read access only. */
export interface ControllerFiles {
  /** Absolute path: relative ones are looked up beside the playbook (`subdirs` such as `files` first), then in its directory. Throws UserError with the places tried. */
  resolve(path: string, subdirs?: readonly string[]): string
  /** Directory of the playbook. */
  readonly playbookDir: string
  /** Directory of the tool's own assets (`assets/`). */
  readonly assetsDir: string
  /** Digest and size of a file; cached by path, size and mtime. */
  file(path: string): Promise<Content>
  /** Registers bytes made in memory (a rendered template). */
  bytes(data: Uint8Array | string): Content
  /** Regular files below a directory, sorted by name: relative name, permission bits, content. Follows no symlink out of the directory. */
  tree(dir: string): Promise<readonly { name: string; mode: number; content: Content }[]>
  /** Directories below a directory, the empty ones too, parents first: relative names. */
  directories(dir: string): Promise<readonly string[]>
  /** Names of entries of a directory; empty when it does not exist. */
  list(dir: string): Promise<readonly string[]>
  text(path: string): Promise<string>
  /**
   * Public half, `ssh-ed25519 AAAA…`, of the key with which the controller logs in to upgrade images. It is made on first use; undefined in
   * check mode before that. Throws UserError when there can be none.
   */
  upgradeKey(): string | undefined
  /** The bytes behind a Content. Synchronous: they were loaded by `file`, `bytes` or `tree`. */
  read(content: Content): Uint8Array
  /** A ustar archive of the entries; the same set gives the same bytes and is built once. Owned by root:root (0:0), mtime 0. */
  tar(entries: readonly TarEntry[]): Uint8Array
}

/** One frame section that applies a change: pure data, so that several steps can travel in one round trip. */
export interface ApplyFrame {
  readonly script: string
  readonly payload?: Uint8Array | undefined
  readonly timeoutMs?: number | undefined
  /** What `register` sees, beside changed/failed/msg. Called whatever the code is; a non-zero one fails the step unless `failed_when` says otherwise. */
  result?(output: CommandResult): ValueMap
  /**
   * For a script whose output is for people: what they are told of a line of it while it runs, undefined for nothing. Hears the newest
   * lines only, and none of a step under `no_log`. Without it the output is told when the script has ended.
   */
  live?(line: string): string | undefined
}

export interface HostHandle {
  readonly remote: Remote
  readonly signal: AbortSignal
  /** One line of progress; shown live, journalled in the host's raw log. */
  report(line: string): void
  readonly files: ControllerFiles
  readonly boots: HostBoots
}

/** What there is to know of a host that is in the middle of its upgrade: no probe of a system can be asked. */
export interface AttendInput<Args> {
  readonly args: Args
  readonly record: UpgradeRecord
  readonly sight: Sight
  /** Inventory name. */
  readonly host: string
  readonly mode: 'check' | 'apply'
}

export interface CheckInput<Args, Facts, Local> {
  readonly args: Args
  readonly facts: Facts
  /** What `load` returned. */
  readonly local: Local
  /** Products of earlier steps of this run on this host (see Provides); absent when those steps did not run. */
  readonly given: Provides
  /** Inventory name. */
  readonly host: string
  readonly mode: 'check' | 'apply'
  /** Evaluates an authored expression in the host's variables, with `extra` on top. Throws UserError with its place, or PendingValue. */
  evaluate(expression: ExpressionText, extra?: ValueMap): Value
}

/** Arguments as a playbook says them, before any host is known. */
export interface AuthoredArgs {
  readonly plain: ValueMap
  /** Names of those that only a host's variables decide. */
  readonly templated: readonly string[]
}

/** Why a person is asked before a task is run: each is a phrase, as in "The upgrade: reboots the host". */
export interface Disruption {
  /** What it does that interrupts the host's service or can't be taken back. */
  readonly does: string
  /** What can be undone, how, and until when. */
  readonly undo: string
}

/** The contract of a task plugin: declares what it must know, decides without touching anything, and only then acts. */
export interface Task<Args = unknown, Facts = unknown, Spec = unknown, Local = unknown> {
  /** As written in a playbook. */
  readonly name: string
  /** First paragraph of its reference page. */
  readonly summary: string
  /** Strict; also the source of the reference page and the editor schema. Every field has `.describe()`. */
  readonly args: z.ZodType<Args>
  /** Argument that takes a bare string (`command: uname -r` -> `cmd`). */
  readonly freeForm?: string | undefined
  /** Arguments that are bare expressions: given as `{ expression, value }`, or a list of these. */
  readonly expressions?: readonly string[] | undefined
  /** Only one run at a time may do this on a host: the engine takes the host's lock first. */
  readonly exclusive?: boolean | undefined
  /** Needs root on the host: without it the step refuses before probing. */
  readonly needsRoot?: boolean | undefined
  /** A play's example, tested and shown in the docs. YAML of one task. */
  readonly example: string
  /**
   * For a task that interrupts the host's service or does what can't be taken back: before such a one is run, a person is shown the plan
   * and asked. Undefined when these arguments do neither; an argument that can't be told yet counts as one that does.
   */
  disruptive?(args: AuthoredArgs): Disruption | undefined
  /**
   * Looks at the controller's own files whose place the playbook says plainly, once for each task of the playbook and before any host is
   * connected. Arguments with templates are not decided yet.
   * Throws UserError for what is wrong in them whatever the hosts are.
   */
  preload?(args: AuthoredArgs, files: ControllerFiles): Promise<void>
  /** Reads the controller's own files before probing. Never touches a host. */
  load?(args: Args, files: ControllerFiles): Promise<Local>
  probes(args: Args, local: Local): Probes<Facts>
  /** What any change of this task may touch, for check mode when it can't decide the step. Without it: anything. */
  mayTouch?(args: Args): readonly Resource[]
  /** Pure and synchronous. */
  check(input: CheckInput<Args, Facts, Local>): Verdict<Spec>
  /** Short changes: one section. Exactly one of `compile` and `apply` is there for a task that can change anything. */
  compile?(spec: Spec, files: ControllerFiles): ApplyFrame
  /** Long or many-step changes. The returned map is what `register` sees. */
  apply?(spec: Spec, host: HostHandle): Promise<ValueMap>
  /**
   * For a task that goes on watching a host which an earlier run left in the middle of its upgrade: decides in place of `check`. Steps
   * before it are skipped on such a host. In `apply` only `boots` may be used then; `remote` throws.
   */
  attend?(input: AttendInput<Args>): Verdict<Spec>
  /** Arguments that are paths on the controller: what a host said may not make them lead out of the playbook's directory. */
  readonly controllerPaths?: readonly string[] | undefined
  /** Arguments that hold secrets: their texts are hidden by value wherever they show up, in the output and in the journal. */
  readonly secretArgs?: readonly string[] | undefined
}

/** Keeps inference of Facts and Spec at the definition. */
export function defineTask<Args, Facts, Spec, Local = undefined>(
  task: Task<Args, Facts, Spec, Local>,
): Task<Args, Facts, Spec, Local> {
  return task
}

/** Whether a change of `touched` may alter what a probe of `read` said. */
export function meets(touched: Resource, read: Resource): boolean {
  if (touched === '*' || read === '*' || touched === read) return true
  return above(touched, read) || above(read, touched)
}

function above(tree: Resource, other: Resource): boolean {
  if (!tree.startsWith('tree:') || other === '*') return false
  const top = tree.slice(5).replace(/\/+$/, '')
  const path = other.slice(other.indexOf(':') + 1)
  return path === top || path.startsWith(`${top}/`)
}

export type ExpressionArgument = { readonly expression: string; readonly value: Value }
