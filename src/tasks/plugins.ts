import { readdirSync, type Stats, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { UserError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { quote } from '../remote/quote.ts'
import { defineTask, type Task } from './contract.ts'
import { createRegistry } from './registry.ts'

/** What a plugin file may export as a function of: everything it needs, so that it imports nothing of ours. */
interface PluginTools {
  readonly z: typeof z
  readonly defineTask: typeof defineTask
  readonly quote: typeof quote
}

/** Keys of a task; the value says what it must be. */
const KEYS: { readonly [key: string]: 'string' | 'function' | 'object' | 'boolean' | 'array' } = {
  name: 'string',
  summary: 'string',
  args: 'object',
  example: 'string',
  probes: 'function',
  check: 'function',
  mayTouch: 'function',
  preload: 'function',
  load: 'function',
  compile: 'function',
  apply: 'function',
  attend: 'function',
  disruptive: 'function',
  freeForm: 'string',
  expressions: 'array',
  exclusive: 'boolean',
  needsRoot: 'boolean',
  secretArgs: 'array',
  controllerPaths: 'array',
}
const REQUIRED = ['name', 'summary', 'args', 'example', 'probes', 'check']

/**
 * Loads the `.mjs` files of `plugins/` beside the playbooks and of `--plugin-path`, by directory and name.
 * Code that could have been put there by somebody else is refused when root runs it. Throws UserError with the file and what is wrong with it.
 */
export async function loadPlugins(options: {
  /** Directories of the playbooks. */
  readonly playbookDirs: readonly string[]
  /** From `--plugin-path`: these must exist. */
  readonly pluginPaths?: readonly string[]
  readonly uid?: number | undefined
}): Promise<Task[]> {
  const uid = 'uid' in options ? options.uid : process.getuid?.()
  const beside = options.playbookDirs.map((dir) => join(resolve(dir), 'plugins'))
  const asked = (options.pluginPaths ?? []).map((dir) => resolve(dir))
  const found = new Map<string, { task: Task; path: string }>()
  const builtin = createRegistry()
  for (const path of [...new Set([...beside, ...asked])].flatMap((dir) => modulesIn(dir, asked.includes(dir)))) {
    if (uid === 0) refuseStrangers(path)
    const task = await loadPlugin(path)
    const other = found.get(task.name)
    if (builtin.get(task.name))
      throw new UserError(`${path}: a task named "${task.name}" is built in; choose another name`)
    if (other) throw new UserError(`${path}: ${other.path} has a task named "${task.name}" already`)
    found.set(task.name, { task, path })
  }
  return [...found.values()].map(({ task }) => task)
}

/** One plugin file. */
async function loadPlugin(path: string): Promise<Task> {
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown }
  } catch (error) {
    throw new UserError(`${path}: the plugin cannot be loaded: ${words(error)}`)
  }
  let task = module.default
  if (typeof task === 'function') {
    try {
      task = (await task({ z, defineTask, quote } satisfies PluginTools)) as unknown
    } catch (error) {
      throw new UserError(`${path}: the plugin's function failed: ${words(error)}`)
    }
  }
  return validated(task, path)
}

function validated(task: unknown, path: string): Task {
  if (typeof task !== 'object' || task === null) {
    throw new UserError({
      message: `${path}: the plugin has no task as its default export`,
      hint: 'export default { name, summary, args, example, probes, check, ... }, or a function ({ z, defineTask, quote }) that returns one',
    })
  }
  const given = task as Record<string, unknown>
  const missing = REQUIRED.filter((key) => given[key] === undefined)
  if (missing.length > 0) throw new UserError(`${path}: the task lacks ${missing.join(', ')}`)
  for (const [key, value] of Object.entries(given)) {
    const wanted = KEYS[key]
    if (!wanted)
      throw new UserError({ message: `${path}: a task has no key "${key}"`, hint: didYouMean(key, Object.keys(KEYS)) })
    const is = Array.isArray(value) ? 'array' : typeof value
    if (value !== undefined && is !== wanted) throw new UserError(`${path}: ${key} must be a ${wanted}, not a ${is}`)
  }
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(given.name as string)) {
    throw new UserError(`${path}: the name "${given.name}" must be of lower-case letters, digits and _`)
  }
  if (typeof (given.args as { safeParse?: unknown }).safeParse !== 'function') {
    throw new UserError({
      message: `${path}: args must be a zod type`,
      hint: 'z.strictObject({ ... }), with the z that is handed in',
    })
  }
  if (given.compile !== undefined && given.apply !== undefined) {
    throw new UserError(
      `${path}: the task has both compile and apply; it must have one of them, or none when it changes nothing`,
    )
  }
  return task as Task
}

function modulesIn(dir: string, mustExist: boolean): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.mjs'))
      .sort()
      .map((name) => join(dir, name))
  } catch (error) {
    if (!mustExist && (error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new UserError(`cannot read the plugin directory ${dir}: ${(error as Error).message}`)
  }
}

/** A plugin runs with our rights: for root, nobody else may be able to write it or the directory it is in. */
function refuseStrangers(path: string): void {
  for (const each of [path, dirname(path)]) {
    const stat: Stats = statSync(each)
    const others = stat.mode & 0o022
    if (others === 0 && stat.uid === 0) continue
    const cause = others === 0 ? `belongs to user ${stat.uid}` : 'can be written by others'
    throw new UserError({
      message: `${each} ${cause}, and its code would run as root`,
      hint: `chown root ${each}; chmod go-w ${each}`,
    })
  }
}

function words(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error)
}
