import { join } from 'node:path'
import { UserError } from '../../diagnostics/diagnostic.ts'
import type { Content, ControllerFiles } from '../contract.ts'
import { type ParsedRequest, parseRequest } from './request-source.ts'

/** A request file beside the playbook. */
interface LocalRequest extends ParsedRequest {
  /** Such as `requests.d/nic.yml`. */
  readonly by: string
}

export interface GatherLocal {
  readonly requests: readonly LocalRequest[]
  /** Our own dracut modules: folder names below `assets/dracut`. */
  readonly ownModules: readonly { readonly name: string; readonly path: string }[]
  /** A path on the controller made absolute, or why it can't be. */
  resolve(path: string): { readonly path: string } | { readonly missing: string }
  bytes(data: string): Content
  /** The public key that may log in to the image; undefined in a check before the controller has one. */
  readonly authorizedKey?: string | undefined
}

const REQUESTS = 'requests.d'
const cache = new WeakMap<ControllerFiles, Map<string, Promise<GatherLocal>>>()

/**
 * Reads the requests beside the playbook, once for the whole fleet. Only `*.yml` and `*.yaml` count.
 *
 * @throws UserError with every fault in them, or when a folder that the play names does not exist.
 */
export function loadRequests(files: ControllerFiles, directory: string | undefined): Promise<GatherLocal> {
  const known = cache.get(files) ?? new Map<string, Promise<GatherLocal>>()
  cache.set(files, known)
  const key = directory ?? ''
  const loading = known.get(key) ?? read(files, directory)
  known.set(key, loading)
  return loading
}

async function read(files: ControllerFiles, directory: string | undefined): Promise<GatherLocal> {
  const folder = directory === undefined ? join(files.playbookDir, REQUESTS) : files.resolve(directory)
  const names = (await files.list(folder)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort()
  const requests: LocalRequest[] = []
  const faults: UserError[] = []
  for (const name of names) {
    const path = join(folder, name)
    try {
      requests.push({ by: `${directory ?? REQUESTS}/${name}`, ...parseRequest(path, await files.text(path)) })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      faults.push(error)
    }
  }
  if (faults.length > 0) throw new UserError(faults.flatMap(({ diagnostics }) => diagnostics))
  const own = join(files.assetsDir, 'dracut')
  const modules = (await files.list(own)).filter((name) => /^\d\d/.test(name)).sort()
  return {
    requests,
    ownModules: modules.map((name) => ({ name: name.replace(/^\d+/, ''), path: join(own, name) })),
    resolve(path) {
      try {
        return { path: files.resolve(path) }
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        return { missing: error.message }
      }
    },
    bytes: (data) => files.bytes(data),
  }
}
