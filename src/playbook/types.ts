import type { Origin } from '../diagnostics/source.ts'
import type { ExpressionText, Raw, RawMap, TemplateText } from '../expression/values.ts'

export type Text = string | TemplateText

/** Keys that a play hands down to its tasks. */
export interface BecomeKeys {
  readonly become?: Raw | undefined
  readonly becomeUser?: Text | undefined
  readonly becomeMethod?: Text | undefined
  readonly becomeFlags?: Text | undefined
  readonly becomeExe?: Text | undefined
}

export interface PlaybookTask extends BecomeKeys {
  readonly origin: Origin
  readonly name?: Text | undefined
  /** Task plugin. */
  readonly task: string
  readonly taskOrigin: Origin
  /** Arguments as authored. `argOrigins` has the place of each key's value. */
  readonly args: RawMap
  readonly argOrigins: { readonly [key: string]: Origin }
  readonly when: readonly ExpressionText[]
  readonly changedWhen: readonly ExpressionText[]
  readonly failedWhen: readonly ExpressionText[]
  readonly register?: string | undefined
  readonly loop?: Raw | undefined
  readonly loopControl?:
    | { readonly loopVar: string; readonly indexVar?: string | undefined; readonly label?: Raw | undefined }
    | undefined
  readonly tags: readonly string[]
  readonly vars: RawMap
  readonly checkMode?: Raw | undefined
  readonly diff?: Raw | undefined
  readonly ignoreErrors?: Raw | undefined
  readonly noLog?: Raw | undefined
  readonly runOnce?: Raw | undefined
  readonly delegateTo?: Text | undefined
}

/** An element of `serial`. */
export type SerialSize = number | `${number}%`

export interface Play extends BecomeKeys {
  readonly origin: Origin
  readonly name?: Text | undefined
  /** Patterns, joined by `,` when the playbook has a list. */
  readonly hosts: Text
  readonly hostsOrigin: Origin
  readonly vars: RawMap
  /** Each entry is one file, or a list of which the first that exists is taken. */
  readonly varsFiles: readonly { readonly origin: Origin; readonly candidates: readonly Text[] }[]
  /** Undefined: true, as in Ansible. The facts travel with the first probes, so they cost no round trip. */
  readonly gatherFacts?: Raw | undefined
  readonly serial: readonly SerialSize[]
  readonly maxFailPercentage?: number | undefined
  readonly anyErrorsFatal: boolean
  readonly tags: readonly string[]
  readonly remoteUser?: Text | undefined
  readonly checkMode?: Raw | undefined
  readonly diff?: Raw | undefined
  readonly ignoreErrors?: Raw | undefined
  readonly noLog?: Raw | undefined
  readonly tasks: readonly PlaybookTask[]
}

export interface Playbook {
  /** Absolute. */
  readonly path: string
  readonly dir: string
  readonly plays: readonly Play[]
  readonly warnings: readonly string[]
}

/** What the loader must know of task plugins to check a playbook before anything is connected. */
export interface TaskCatalog {
  names(): readonly string[]
  get(name: string): CatalogTask | undefined
}

export interface CatalogTask {
  readonly name: string
  /** What it does, for the editor. */
  readonly summary?: string | undefined
  readonly args: import('zod').ZodType
  readonly freeForm?: string | undefined
  readonly expressions?: readonly string[] | undefined
}
