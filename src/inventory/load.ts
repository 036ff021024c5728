import { dirname, join, resolve } from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { SourceFile } from '../diagnostics/source.ts'
import { readCommaList } from './comma-list.ts'
import { InventoryDraft } from './draft.ts'
import { freezeInventory } from './freeze.ts'
import { readIni } from './ini.ts'
import { type InventoryIo, machine } from './io.ts'
import { listNames, look, readBytes, readSource } from './reading.ts'
import { readScriptInventory } from './script.ts'
import { sourceKind } from './source-kind.ts'
import type { Inventory } from './types.ts'
import { readYamlInventory } from './yaml-inventory.ts'

/** Names in a directory that are no inventory sources. Ansible up to 2.18 also leaves out `.ini`; here they are read. */
const IGNORED =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.cfg|\.retry)$/

/**
 * Reads all sources, left to right, into one inventory. A source is a file (INI, YAML, JSON, executable), a directory of these,
 * or a list of hosts with a comma in it. Throws UserError: nothing there, not parsable, empty, or no host in all of them.
 */
export async function loadInventory(sources: readonly string[], io: InventoryIo = machine): Promise<Inventory> {
  if (sources.length === 0) throw new UserError('no inventory is given: use -i FILE', 'usage')
  const draft = new InventoryDraft()
  const names: string[] = []
  const directories: string[] = []
  for (const source of sources) {
    const path = resolve(source)
    const info = source === '' ? undefined : await look(path, io)
    if (!info && source.includes(',')) {
      readCommaList(new SourceFile('inventory', source), draft)
      names.push(source)
      continue
    }
    if (!info) throw missing(source)
    const used = info.kind === 'directory' ? await readDirectory(path, draft, io) : await readFile(path, draft, io)
    if (!used) throw new UserError(`${path}: the inventory is empty: no hosts`)
    names.push(path)
    directories.push(info.kind === 'directory' ? path : dirname(path))
  }
  const inventory = freezeInventory(draft, names, directories)
  if (inventory.hosts.size === 0) throw new UserError(`no hosts in the inventory (${names.join(', ')})`)
  return inventory
}

function missing(source: string): UserError {
  return new UserError({
    message: source === '' ? 'the name of the inventory is empty' : `no such inventory: ${source}`,
    hint: `for a list of hosts put a comma behind it: -i '${source || 'web1'},'`,
  })
}

/** Whether anything was read from the directory. */
async function readDirectory(path: string, draft: InventoryDraft, io: InventoryIo): Promise<boolean> {
  let used = false
  for (const name of await listNames(path, io)) {
    if (IGNORED.test(name)) continue
    const child = join(path, name)
    const info = await look(child, io)
    if (!info) throw new UserError(`${child}: the link points nowhere`)
    const read = info.kind === 'directory' ? await readDirectory(child, draft, io) : await readFile(child, draft, io)
    used ||= read
  }
  return used
}

async function readFile(path: string, draft: InventoryDraft, io: InventoryIo): Promise<boolean> {
  const bytes = await readBytes(path, io)
  const kind = sourceKind(path, bytes)
  const info = await look(path, io)
  if (kind === 'script') {
    if (!info) throw missing(path)
    await readScriptInventory(path, info, draft, io)
    return true
  }
  if (info?.executable)
    draft.warnings.add('executable', path, 'is executable but has no #! line: it is read as text, not run')
  const source = await readSource(path, io, bytes)
  return kind === 'yaml' ? readYamlInventory(source, draft) : readIni(source, draft)
}
