import { UserError } from '../diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../diagnostics/source.ts'
import type { Raw, RawMap } from '../expression/values.ts'
import type { InventoryDraft } from './draft.ts'
import { isHostName } from './host-name.ts'
import { authored } from './located.ts'
import { EMPTY, RawMapBuilder } from './raw-map.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonMap = { [key: string]: Json }

/**
 * Reads the output of `script --list` into the draft. Returns the hosts whose variables must still be asked for with `--host`:
 * none when the output has `_meta.hostvars`. `path` names the script in errors. Throws UserError.
 */
export function readScriptList(path: string, output: string, draft: InventoryDraft): readonly string[] {
  const top = parseObject(path, '--list', output)
  const hosts = new Set<string>()
  let meta: JsonMap | undefined
  for (const [name, data] of Object.entries(top)) {
    if (name !== '_meta') readGroup(path, name, data, draft, hosts)
    else if (isObject(data) && 'hostvars' in data) meta = objectAt(path, '_meta.hostvars', data.hostvars)
  }
  if (!meta) return [...hosts]
  for (const host of hosts) {
    if (Object.hasOwn(meta, host)) draft.setHostVars(host, rawMap(path, `_meta.hostvars.${host}`, meta[host]))
  }
  return []
}

/** Reads the output of `script --host NAME`; nothing at all means no variables. */
export function readScriptHost(path: string, host: string, output: string, draft: InventoryDraft): void {
  if (output.trim() === '') return
  draft.setHostVars(host, rawMap(path, `--host ${host}`, parseObject(path, `--host ${host}`, output)))
}

function readGroup(path: string, name: string, data: Json, draft: InventoryDraft, hosts: Set<string>): void {
  draft.addGroup(name, path)
  const known = isObject(data) && ['hosts', 'vars', 'children'].some((key) => key in data)
  // A plain object is one host, named like the group, with these variables.
  const group: JsonMap = !isObject(data) ? { hosts: data } : known ? data : { hosts: [name], vars: data }
  for (const host of namesAt(path, `${name}.hosts`, group.hosts)) {
    if (!isHostName(host)) {
      throw new UserError(`${path}: ${JSON.stringify(host)} in the group "${name}" is not a host name`)
    }
    hosts.add(host)
    draft.addHost(host, name)
  }
  const vars = group.vars === undefined ? EMPTY : rawMap(path, `${name}.vars`, group.vars)
  for (const key in vars) draft.setGroupVar(name, key, vars[key] ?? null, path)
  for (const child of namesAt(path, `${name}.children`, group.children)) {
    draft.addGroup(child, path)
    draft.addChild(name, child, path)
  }
}

function parseObject(path: string, argument: string, output: string): JsonMap {
  let parsed: Json
  try {
    parsed = JSON.parse(output) as Json
  } catch (error) {
    const cause = (error as Error).message.replace(/\p{Cc}+/gu, ' ')
    const hint = `run ${path} ${argument} to see it`
    throw new UserError({ message: `${path} ${argument}: the output is not JSON: ${cause}`, hint })
  }
  if (isObject(parsed)) return parsed
  throw new UserError(`${path} ${argument}: the output must be a JSON object, not ${kindOf(parsed)}`)
}

function objectAt(path: string, where: string, value: Json | undefined): JsonMap {
  if (value !== undefined && isObject(value)) return value
  throw new UserError(`${path}: ${where} must be a JSON object, not ${kindOf(value ?? null)}`)
}

function namesAt(path: string, where: string, value: Json | undefined): string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw new UserError(`${path}: ${where} must be a list of names`)
}

function rawMap(path: string, where: string, value: Json | undefined): RawMap {
  return raw(path, where, objectAt(path, where, value)) as RawMap
}

/** A template in the output is quoted in errors by itself: the output as a whole may be one line of megabytes. */
function raw(path: string, where: string, value: Json): Raw {
  if (typeof value === 'string') {
    return authored(value, () => new Origin(new SourceFile(`${path} (${where})`, value), 0, value.length))
  }
  if (Array.isArray(value)) return Object.freeze(value.map((item, i) => raw(path, `${where}.${i}`, item)))
  if (!isObject(value)) return value
  const map = new RawMapBuilder()
  for (const [key, item] of Object.entries(value)) map.set(key, raw(path, `${where}.${key}`, item))
  return map.done()
}

function isObject(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
