import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml'
import type { SourceFile } from '../diagnostics/source.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { InventoryDraft } from './draft.ts'
import { readHostNames } from './host-name.ts'
import { EMPTY } from './raw-map.ts'
import { YamlFile } from './yaml-file.ts'

const SECTIONS = ['hosts', 'vars', 'children'] as const

/** Reads a YAML or JSON inventory into the draft: top-level keys are groups with `hosts`, `vars`, `children`. False when the file is empty. */
export function readYamlInventory(source: SourceFile, draft: InventoryDraft): boolean {
  const file = new YamlFile(source)
  const top = file.top('groups with hosts, vars and children')
  if (!top || top.items.length === 0) return false
  const reader = new YamlInventoryReader(file, draft)
  for (const pair of top.items as Pair[]) reader.group(pair)
  return true
}

class YamlInventoryReader {
  readonly #file: YamlFile
  readonly #draft: InventoryDraft
  /** Groups being read, to see an anchor that contains itself. */
  readonly #open = new Set<YAMLMap>()

  constructor(file: YamlFile, draft: InventoryDraft) {
    this.#file = file
    this.#draft = draft
  }

  group(pair: Pair): string {
    const name = this.#file.name(pair.key, 'a group name')
    if (name === 'plugin' && !isMap(pair.value)) {
      const hint = 'run the plugin in an executable inventory instead'
      throw this.#file.error(pair.key, 'the configuration of an inventory plugin, which is not supported', hint)
    }
    this.#draft.addGroup(name, this.#file.place(pair.key))
    const body = this.#mapping(pair.value, `the group "${name}"`)
    if (!body) return name
    if (this.#open.has(body)) throw this.#file.error(pair.key, `the group "${name}" contains itself`)
    this.#open.add(body)
    for (const section of body.items as Pair[]) this.#section(name, section)
    this.#open.delete(body)
    return name
  }

  #section(group: string, pair: Pair): void {
    const key = this.#file.name(pair.key, 'a key')
    if (!SECTIONS.some((one) => one === key)) {
      const hint = didYouMean(key, SECTIONS)
      throw this.#file.error(pair.key, `unknown key "${key}" in the group "${group}"`, hint)
    }
    if (key !== 'vars' && isScalar(pair.value) && this.#file.isText(pair.value)) {
      if (key === 'hosts') this.#host(group, pair.value, null)
      else this.#child(group, { key: pair.value, value: null } as Pair)
      return
    }
    const what = `"${key}" of the group "${group}"`
    const map = this.#mapping(
      pair.value,
      what,
      key === 'vars' ? undefined : 'end each name with a colon instead of a list',
    )
    for (const item of (map?.items ?? []) as Pair[]) {
      if (key === 'hosts') this.#host(group, item.key, item.value)
      else if (key === 'children') this.#child(group, item)
    }
    if (key !== 'vars' || !map) return
    const vars = this.#file.map(map)
    const place = this.#file.place(pair.key)
    for (const name in vars) this.#draft.setGroupVar(group, name, vars[name] ?? null, place)
  }

  #child(group: string, pair: Pair): void {
    this.#draft.addChild(group, this.group(pair), this.#file.place(pair.key))
  }

  #host(group: string, key: unknown, value: unknown): void {
    const text = this.#file.name(key, 'a host name')
    const place = this.#file.place(key)
    const { names, port } = readHostNames({ text, at: (from, to) => place.at(from, to) })
    const map = this.#mapping(value, `the host "${text}"`)
    const vars = map ? this.#file.map(map) : EMPTY
    for (const name of names) {
      this.#draft.addHost(name, group, port, place)
      this.#draft.setHostVars(name, vars)
    }
  }

  /** The mapping, or undefined for an empty body. */
  #mapping(node: unknown, what: string, hint?: string): YAMLMap | undefined {
    const target = this.#file.target(node)
    if (isMap(target)) return target
    if (target === null || target === undefined || (isScalar(target) && this.#file.isNull(target))) return undefined
    throw this.#file.error(node, `${what} must be a mapping`, hint)
  }
}
