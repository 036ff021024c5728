import { basename } from 'node:path'
import type { Content } from '../contract.ts'
import type { ImageRequest, ModuleSource } from './request.ts'
import type { LocalFile, LocalModules } from './upload-dracut-modules-local.ts'

/** A file as it shall lie on the host, by its place below the folder of what is staged. */
export interface StagedFile {
  /** Such as `dracut/90sys-upgrade/upgrade.sh`. */
  readonly place: string
  readonly mode: number
  readonly content: Content
  readonly text?: string | undefined
}

/** What the host copies from its own disk. */
export interface HostSource {
  readonly path: string
  readonly place: string
}

export interface StagedModules {
  readonly files: readonly StagedFile[]
  readonly sources: readonly HostSource[]
  /** Folders below `dracut/`, and what lies directly below `kernel/`; sorted. */
  readonly dracut: readonly string[]
  readonly kernel: readonly string[]
}

/** Why modules can't be staged. */
export class StageRefusal extends Error {
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

/**
 * Where the modules of an image lie that don't come with its packages: `dracut/NNname/...` and `kernel/...`. Throws StageRefusal.
 *
 * @param from where the request was read: one that comes from the host must not make us read, and send to it, files of the controller.
 * @param ours dracut modules of our own, by folder; a request that names one of them asks for ours.
 */
export function planModules(
  local: Pick<LocalModules, 'module'>,
  image: ImageRequest,
  from: 'run' | 'host',
  ours: LocalModules['ours'] = {},
): StagedModules {
  const files: StagedFile[] = []
  const sources: HostSource[] = []
  const places = new Map<string, string>()
  const modules = new Map<string, string>()
  const claim = (place: string, who: string): void => {
    const other = places.get(place)
    if (other !== undefined) {
      throw new StageRefusal(
        `${other} and ${who} would both be staged as ${place}`,
        'rename one of them, or leave one out',
      )
    }
    places.set(place, who)
  }

  for (const [folder, own] of Object.entries(ours)) {
    claim(`dracut/${folder}`, `our own module ${folder}`)
    modules.set(folder.slice(2), folder)
    files.push(...staged(`dracut/${folder}`, own))
  }
  for (const { value } of image.dracutModules) {
    const { name, source } = value
    if (source.kind === 'container' || isOurs(ours, name, source)) continue
    if (source.kind === 'controller') requireOwnRequest(from, source.path)
    const folder = moduleFolder(name, source.path)
    const other = modules.get(name)
    if (other !== undefined) {
      throw new StageRefusal(
        `two dracut modules are called ${name}: ${other} and ${source.path}`,
        'give one of them another name: dracut would take whichever it meets first',
      )
    }
    modules.set(name, source.path)
    claim(`dracut/${folder}`, source.path)
    if (source.kind === 'host') sources.push({ path: source.path, place: `dracut/${folder}` })
    else files.push(...dracutModule(local, source.path, `dracut/${folder}`))
  }
  for (const { value } of image.kernelModules) {
    const { source } = value
    if (source.kind === 'container') continue
    if (source.kind === 'controller') requireOwnRequest(from, source.path)
    const place = `kernel/${basename(source.path)}`
    // One folder may bring several drivers.
    if (places.get(place) === source.path) continue
    claim(place, source.path)
    if (source.kind === 'host') sources.push({ path: source.path, place })
    else files.push(...kernelModule(local, source.path, place))
  }
  const tops = (kind: string) =>
    [...places.keys()].filter((place) => place.startsWith(`${kind}/`)).map((place) => place.slice(kind.length + 1))
  return { files, sources, dracut: tops('dracut').sort(), kernel: tops('kernel').sort() }
}

/** The request names our own modules as well, by their place in whichever copy of this tool merged it. */
function isOurs(ours: LocalModules['ours'], name: string, source: ModuleSource): boolean {
  if (source.kind !== 'controller') return false
  const folder = basename(source.path)
  return ours[folder] !== undefined && folder.slice(2) === name
}

export function requireOwnRequest(from: 'run' | 'host', path: string): void {
  if (from === 'run') return
  throw new StageRefusal(
    `the request on the host names ${path} on the controller, and a host has no say in what is read there`,
    'let gather_modules run in the same play: it makes the request anew',
  )
}

/** dracut finds a module in a folder of two digits and its name; without digits it gets a place in the middle. */
function moduleFolder(name: string, path: string): string {
  const folder = basename(path)
  if (folder === name) return /^\d\d[^\d]/.test(name) ? name : `90${name}`
  if (/^\d\d/.test(folder) && folder.slice(2) === name) return folder
  throw new StageRefusal(
    `the dracut module ${name} lies in ${path}, a folder of another name`,
    `call the folder ${name}, or two digits and ${name}`,
  )
}

function dracutModule(local: Pick<LocalModules, 'module'>, path: string, place: string): StagedFile[] {
  const module = local.module(path)
  if (module.kind !== 'folder')
    throw notThere('dracut module', path, module.kind === 'file' ? 'it is a file' : module.why)
  if (!module.files.some(({ name }) => name === 'module-setup.sh')) {
    throw new StageRefusal(`the dracut module ${path} has no module-setup.sh`, 'name the folder that holds it')
  }
  return staged(place, module.files)
}

function kernelModule(local: Pick<LocalModules, 'module'>, path: string, place: string): StagedFile[] {
  const module = local.module(path)
  if (module.kind === 'file') return staged(place, [module.file])
  if (module.kind === 'folder') return staged(place, module.files)
  throw notThere('kernel module', path, module.why)
}

export function notThere(what: string, path: string, why: string): StageRefusal {
  return new StageRefusal(
    `the ${what} ${path} can't be read on the controller: ${why}`,
    'correct the path in the request that names it',
  )
}

function staged(place: string, files: readonly LocalFile[]): StagedFile[] {
  return files.map(({ name, executable, content, text }) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    if (/[\x00-\x1f\x7f]/.test(name)) {
      throw new StageRefusal(`${place}: a file's name holds a control character`, 'rename it')
    }
    return { place: name === '' ? place : `${place}/${name}`, mode: executable ? 0o755 : 0o644, content, text }
  })
}
