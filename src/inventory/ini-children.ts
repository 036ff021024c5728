import { type Diagnostic, UserError } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../diagnostics/source.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { InventoryDraft } from './draft.ts'

type Pending = { kind: 'vars'; place: Origin } | { kind: 'children'; place: Origin; parents: Map<string, Origin> }

/**
 * Groups of an INI file that were mentioned before they were declared: `[g:vars]` and names under `[p:children]`
 * may stand before `[g]`, but the file must declare g somewhere. A pending child joins its parents where it is declared.
 */
export class ChildDeclarations {
  readonly #draft: InventoryDraft
  readonly #pending = new Map<string, Pending>()

  constructor(draft: InventoryDraft) {
    this.#draft = draft
  }

  /** `[name:vars]` */
  mentionVars(name: string, place: Origin): void {
    if (this.#draft.groups.has(name)) return
    this.#draft.addGroup(name, place)
    if (!this.#pending.has(name)) this.#pending.set(name, { kind: 'vars', place })
  }

  /** `[name]` or `[name:children]` */
  declare(name: string, place: Origin): void {
    this.#draft.addGroup(name, place)
    const pending = this.#pending.get(name)
    if (!pending) return
    this.#pending.delete(name)
    if (pending.kind === 'children') for (const [parent, at] of pending.parents) this.#draft.addChild(parent, name, at)
  }

  /** A name under `[parent:children]` */
  addChild(parent: string, name: string, place: Origin): void {
    const pending = this.#pending.get(name)
    if (pending?.kind === 'children') pending.parents.set(parent, place)
    else if (this.#draft.groups.has(name)) this.#draft.addChild(parent, name, place)
    else this.#pending.set(name, { kind: 'children', place, parents: new Map([[parent, place]]) })
  }

  /** Throws for every group that was never declared. */
  end(): void {
    const missing = [...this.#pending]
    if (missing.length === 0) return
    const known = [...this.#draft.groups.keys()].filter((name) => !this.#pending.has(name))
    throw new UserError(
      missing.map(([name, pending]): Diagnostic => {
        const message =
          pending.kind === 'vars'
            ? `[${name}:vars] is for a group that is not declared: ${name}`
            : `[${[...pending.parents.keys()].join(':children], [')}:children] includes a group that is not declared: ${name}`
        const hint = didYouMean(name, known) ?? `declare it with a line [${name}]`
        return { message, origin: pending.place, hint }
      }),
    )
  }
}
