import { UserError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Raw, type RawMap, TemplateText } from '../expression/values.ts'
import type { Inventory, InventoryGroup } from './types.ts'
import { hostVariables } from './variables.ts'
import type { LoadedVarFiles } from './vars-files.ts'

/** What `ansible-inventory` prints with `--list`, `--graph` and `--host NAME`. */
export type InventoryView = { kind: 'list' } | { kind: 'graph' } | { kind: 'host'; name: string }

/** Variables that the engine makes; `ansible-inventory` leaves them out, whoever set them. */
const MADE_BY_ENGINE = new Set(
  `ansible_diff_mode ansible_config_file ansible_facts ansible_forks ansible_inventory_sources ansible_limit ansible_playbook_python
  ansible_run_tags ansible_skip_tags ansible_verbosity ansible_version inventory_dir inventory_file inventory_hostname
  inventory_hostname_short groups group_names omit playbook_dir`.split(/\s+/),
)

/** The text of a view, without a line end. Only `hosts` are shown (a limit's, or all). Templates are shown as written. Throws UserError. */
export function renderInventory(
  inventory: Inventory,
  files: LoadedVarFiles,
  view: InventoryView,
  hosts: readonly string[] = [...inventory.hosts.keys()],
): string {
  const shown = new Set(hosts)
  if (view.kind === 'graph') return graph(inventory, 'all', shown, 0).join('\n')
  if (view.kind === 'list') return toJson(list(inventory, files, shown))
  if (shown.has(view.name)) return toJson(variables(inventory, files, view.name))
  const message = inventory.hosts.has(view.name)
    ? `the limit leaves out the host "${view.name}"`
    : `no host "${view.name}" in the inventory`
  throw new UserError({ message, hint: didYouMean(view.name, shown) })
}

type Json = null | boolean | number | string | Json[] | JsonMap
interface JsonMap {
  [key: string]: Json
}

function list(inventory: Inventory, files: LoadedVarFiles, shown: ReadonlySet<string>): JsonMap {
  const hostvars: JsonMap = Object.create(null)
  for (const name of shown) {
    const vars = variables(inventory, files, name)
    if (Object.keys(vars).length > 0) hostvars[name] = vars
  }
  const result: JsonMap = Object.create(null)
  for (const group of inventory.groups.values()) {
    const entry: JsonMap = {}
    const hosts = group.name === 'all' ? [] : group.hosts.filter((host) => shown.has(host))
    if (hosts.length > 0) entry.hosts = hosts
    if (group.children.length > 0) entry.children = [...group.children]
    if (Object.keys(entry).length > 0) result[group.name] = entry
  }
  result._meta = { hostvars }
  return result
}

function variables(inventory: Inventory, files: LoadedVarFiles, host: string): JsonMap {
  const shown: JsonMap = Object.create(null)
  const all = hostVariables(inventory, files, host)
  for (const key in all) if (!MADE_BY_ENGINE.has(key)) shown[key] = asJson(all[key] as Raw)
  return shown
}

function graph(inventory: Inventory, name: string, shown: ReadonlySet<string>, depth: number): string[] {
  const indent = (text: string, level: number) => (level === 0 ? text : `${'  |'.repeat(level)}--${text}`)
  const { children, hosts } = inventory.groups.get(name) as InventoryGroup
  const own = name === 'all' ? [] : hosts.filter((host) => shown.has(host))
  return [
    indent(`@${name}:`, depth),
    ...children.flatMap((child) => graph(inventory, child, shown, depth + 1)),
    ...own.map((host) => indent(host, depth + 1)),
  ]
}

function asJson(raw: Raw): Json {
  if (raw instanceof TemplateText) return raw.text
  if (Array.isArray(raw)) return raw.map(asJson)
  if (typeof raw !== 'object' || raw === null) return raw as Json
  const map: JsonMap = Object.create(null)
  for (const key of Object.keys(raw)) map[key] = asJson((raw as RawMap)[key] as Raw)
  return map
}

/** Four spaces, keys sorted, no character that a terminal would obey. */
function toJson(value: JsonMap): string {
  const text = JSON.stringify(sorted(value), null, 4)
  return text.replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const map: JsonMap = Object.create(null)
  for (const key of Object.keys(value).sort()) map[key] = sorted(value[key] as Json)
  return map
}
