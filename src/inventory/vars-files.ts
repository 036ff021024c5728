import { extname, join } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { closest } from '../diagnostics/suggest.ts'
import type { RawMap } from '../expression/values.ts'
import { type InventoryIo, machine } from './io.ts'
import { EMPTY, mergeMaps } from './raw-map.ts'
import { listNames, look, readSource } from './reading.ts'
import type { Inventory } from './types.ts'
import { Warnings } from './warnings.ts'
import { YamlFile } from './yaml-file.ts'

/** What group_vars/ and host_vars/ of one directory say, by group and by host. */
export interface VarsLayer {
  readonly directory: string
  readonly groups: ReadonlyMap<string, RawMap>
  readonly hosts: ReadonlyMap<string, RawMap>
}

/** Layers beside the inventory's sources and beside the playbooks, each in the order in which they merge. */
export interface LoadedVarFiles {
  readonly inventory: readonly VarsLayer[]
  readonly playbook: readonly VarsLayer[]
  readonly warnings: readonly string[]
}

/** Where a name has a file and a directory, or two extensions, the first of these is read, as in Ansible. */
const EXTENSIONS = ['', '.yml', '.yaml', '.json']
/** Files that are read at once. */
const PARALLEL = 32

/** Finds and reads group_vars/ and host_vars/ of all groups and hosts. Throws UserError for the first file that is wrong. */
export async function loadVarFiles(
  inventory: Inventory,
  playbookDirs: readonly string[],
  io: InventoryIo = machine,
): Promise<LoadedVarFiles> {
  const warnings = new Warnings()
  const layers = (directories: readonly string[]) =>
    Promise.all([...new Set(directories)].map((directory) => loadLayer(directory, inventory, warnings, io)))
  const [beside, playbook] = await Promise.all([layers(inventory.directories), layers(playbookDirs)])
  return { inventory: beside, playbook, warnings: warnings.list() }
}

/** Reads one file of variables: a YAML or JSON mapping; an empty file has none. Throws UserError. Also reads `vars_files`. */
export async function loadVarsFile(path: string, io: InventoryIo = machine): Promise<RawMap> {
  const file = new YamlFile(await readSource(path, io))
  const top = file.top('variables, one "name: value" per line')
  return top ? file.map(top) : EMPTY
}

async function loadLayer(
  directory: string,
  inventory: Inventory,
  warnings: Warnings,
  io: InventoryIo,
): Promise<VarsLayer> {
  const [groups, hosts] = await Promise.all([
    loadNames(join(directory, 'group_vars'), inventory.groups, 'group', warnings, io),
    loadNames(join(directory, 'host_vars'), inventory.hosts, 'host', warnings, io),
  ])
  return { directory, groups, hosts }
}

async function loadNames(
  directory: string,
  known: ReadonlyMap<string, unknown>,
  what: string,
  warnings: Warnings,
  io: InventoryIo,
): Promise<ReadonlyMap<string, RawMap>> {
  const info = await look(directory, io)
  if (!info) return new Map()
  if (info.kind !== 'directory') throw new UserError(`${directory}: must be a directory`)
  const entries = new Set(await listNames(directory, io))
  const chosen = new Map<string, string>()
  for (const entry of entries) {
    const extension = EXTENSIONS.includes(extname(entry)) ? extname(entry) : ''
    const name = known.has(entry) ? entry : entry.slice(0, entry.length - extension.length)
    if (known.has(name)) choose(name, entries, chosen, directory, warnings)
    else warnOfTypo(name, known, entries, `${directory}/${entry}`, what, warnings)
  }
  const jobs = [...chosen]
  const found = new Map<string, RawMap>()
  for (let i = 0; i < jobs.length; i += PARALLEL) {
    const some = jobs.slice(i, i + PARALLEL)
    const maps = await Promise.all(some.map(([, entry]) => loadEntry(join(directory, entry), io)))
    some.forEach(([name], at) => {
      found.set(name, maps[at] as RawMap)
    })
  }
  return found
}

function choose(
  name: string,
  entries: ReadonlySet<string>,
  chosen: Map<string, string>,
  directory: string,
  warnings: Warnings,
): void {
  if (chosen.has(name)) return
  const [first, ...shadowed] = EXTENSIONS.map((extension) => name + extension).filter((entry) => entries.has(entry))
  chosen.set(name, first as string)
  for (const entry of shadowed)
    warnings.add(entry, join(directory, entry), `is not read, because ${first} beside it is`)
}

/** Files for names that this inventory does not have are normal; files for a name that is nearly there are a typing error. */
function warnOfTypo(
  name: string,
  known: ReadonlyMap<string, unknown>,
  entries: ReadonlySet<string>,
  path: string,
  what: string,
  warnings: Warnings,
): void {
  if (name.startsWith('.') || name.endsWith('~')) return
  const near = known.size <= 2000 ? closest(name, known.keys()) : undefined
  if (near === undefined || EXTENSIONS.some((extension) => entries.has(near + extension))) return
  warnings.add(path, path, `no ${what} has this name, so it is not read; did you mean "${near}"?`)
}

async function loadEntry(path: string, io: InventoryIo): Promise<RawMap> {
  const files = (await look(path, io))?.kind === 'directory' ? await filesBelow(path, io) : [path]
  const maps: RawMap[] = []
  for (const file of files) maps.push(await loadVarsFile(file, io))
  return mergeMaps(maps)
}

/** Files of a directory of variables, in the order in which they merge: by name, going down into directories without an extension. */
async function filesBelow(directory: string, io: InventoryIo): Promise<string[]> {
  const files: string[] = []
  for (const name of await listNames(directory, io)) {
    if (name.startsWith('.') || name.endsWith('~')) continue
    const path = join(directory, name)
    const kind = (await look(path, io))?.kind
    const extension = extname(name)
    if (kind === 'directory' && extension === '') files.push(...(await filesBelow(path, io)))
    else if (kind === 'file' && EXTENSIONS.includes(extension)) files.push(path)
  }
  return files
}
