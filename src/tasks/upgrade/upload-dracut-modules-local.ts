import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Content, ControllerFiles } from '../contract.ts'

/** A file of the controller that may be staged on a host. */
export interface LocalFile {
  /** Relative to its module's folder; empty for a module that is one file. */
  readonly name: string
  readonly executable: boolean
  readonly content: Content
  /** Its text, when it is small enough for a diff. */
  readonly text?: string | undefined
}

export type LocalModule =
  | { readonly kind: 'folder'; readonly files: readonly LocalFile[] }
  | { readonly kind: 'file'; readonly file: LocalFile }
  | { readonly kind: 'unusable'; readonly why: string }

/** The controller's side of staging. */
export interface LocalModules {
  /** Our own dracut modules with their units, by folder name. */
  readonly ours: Readonly<Record<string, readonly LocalFile[]>>
  /** What lies at a path that a request names. Which paths these are is known only when a host is checked. */
  module(path: string): LocalModule
  /** Content made for one host. */
  bytes(data: string): Content
}

const MAX_DIFF_BYTES = 16_384
/** A module is a handful of scripts or drivers; a request that names a whole disk by mistake must not fill the memory. */
const MAX_MODULE_BYTES = 256 * 1024 * 1024

/** Folder of ours into which the units of `assets/systemd` go. */
const UNITS_MODULE = '90sys-upgrade'

/** The one unit that is no part of the image: it goes into the new system. */
export const RESUME_UNIT = 'upgrade-resume.service'

const cache = new WeakMap<ControllerFiles, Map<string, LocalModule>>()

/** Reads our own modules; those of requests are read when first asked for, and once for the whole fleet. */
export async function loadModules(files: ControllerFiles): Promise<LocalModules> {
  const assets = join(files.assetsDir, 'dracut')
  const folder = async (dir: string) =>
    (await files.tree(dir)).map(({ name, mode, content }) => localFile(files, name, mode, content))
  const ours: Record<string, readonly LocalFile[]> = {}
  for (const name of await files.list(assets)) {
    if (/^\d\d/.test(name)) ours[name] = await folder(join(assets, name))
  }
  const units = await folder(join(files.assetsDir, 'systemd'))
  ours[UNITS_MODULE] = [...(ours[UNITS_MODULE] ?? []), ...units.filter(({ name }) => name !== RESUME_UNIT)]

  const known = cache.get(files) ?? new Map<string, LocalModule>()
  cache.set(files, known)
  return {
    ours,
    module(path) {
      const module = known.get(path) ?? read(files, path)
      known.set(path, module)
      return module
    },
    bytes: (data) => files.bytes(data),
  }
}

/** Reads a module's folder or file. Links are followed as far as they stay inside the folder. */
function read(files: ControllerFiles, path: string): LocalModule {
  try {
    const stat = statSync(path)
    if (stat.isFile()) return { kind: 'file', file: fileAt(files, path, '', { left: MAX_MODULE_BYTES }) }
    if (!stat.isDirectory()) return { kind: 'unusable', why: 'it is neither a file nor a folder' }
    const found = walk(files, realpathSync(path), '', { left: MAX_MODULE_BYTES })
    if (found.length === 0) return { kind: 'unusable', why: 'the folder is empty' }
    return { kind: 'folder', files: found }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { kind: 'unusable', why: code === 'ENOENT' ? 'it does not exist' : message }
  }
}

function walk(files: ControllerFiles, root: string, below: string, budget: { left: number }): LocalFile[] {
  return readdirSync(join(root, below))
    .sort()
    .flatMap((entry) => {
      const name = below === '' ? entry : `${below}/${entry}`
      const real = realpathSync(join(root, name))
      if (!real.startsWith(root + sep)) throw new Error(`${name} leads out of the folder`)
      const stat = statSync(real)
      // A link to a folder that holds the link would never end; files are all that a module needs links for.
      if (stat.isDirectory() && real !== join(root, name)) throw new Error(`${name} is a link to a folder`)
      if (stat.isDirectory()) return walk(files, root, name, budget)
      if (!stat.isFile()) throw new Error(`${name} is neither a file nor a folder`)
      return [fileAt(files, real, name, budget)]
    })
}

function fileAt(files: ControllerFiles, path: string, name: string, budget: { left: number }): LocalFile {
  const { size, mode } = statSync(path)
  budget.left -= size
  if (budget.left < 0) throw new Error(`it is larger than ${MAX_MODULE_BYTES / 1024 / 1024} MiB`)
  return localFile(files, name, mode, files.bytes(readFileSync(path)))
}

function localFile(files: ControllerFiles, name: string, mode: number, content: Content): LocalFile {
  return { name, executable: (mode & 0o111) !== 0, content, text: textOf(files, content) }
}

function textOf(files: ControllerFiles, content: Content): string | undefined {
  if (content.size > MAX_DIFF_BYTES) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(files.read(content))
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
