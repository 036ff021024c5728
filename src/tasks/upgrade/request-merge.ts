import { posix } from 'node:path'
import { digestOf } from './digest.ts'
import type {
  Asked,
  ImageNetwork,
  ImageRequest,
  MergedRequest,
  ModuleSource,
  Provenance,
  RequestedDriver,
  RequestFile,
} from './request.ts'
import { mergeScripts } from './request-scripts.ts'
import { normalPath, type Wish } from './request-wish.ts'

type ImageParts = Pick<RequestFile, 'dracut_modules' | 'kernel_modules' | 'include_files' | 'kernel_args'>

export interface MergeInput {
  readonly arch: string
  readonly sourceRelease: string
  readonly targetRelease: string
  readonly network?: ImageNetwork | null | undefined
}

/**
 * One request of all wishes: equal things once, with everybody who asked for them. The order of the wishes does not matter, and
 * a wish that is given twice counts once. Two sources for one name stay both: see `conflictsOf`.
 */
export function mergeRequests(input: MergeInput, wishes: readonly Wish[]): MergedRequest {
  const content = {
    version: 1 as const,
    arch: input.arch,
    sourceRelease: input.sourceRelease,
    targetRelease: input.targetRelease,
    installRpms: gather(wishes, ({ request }) => request.install_rpms ?? []),
    copyFiles: gather(wishes, ({ request }) =>
      (request.copy_files ?? []).map(({ src, dst }) => ({ src: normalPath(src), dst: normalPath(dst ?? src) })),
    ),
    upgrade: image(wishes, ({ request }) => request),
    target: image(wishes, ({ request }) => request.target),
    services: {
      enable: gather(wishes, ({ request }) => (request.services?.enable ?? []).map(unitName)),
      disable: gather(wishes, ({ request }) => (request.services?.disable ?? []).map(unitName)),
    },
    scripts: {
      afterTransaction: mergeScripts(wishes, 'after_transaction'),
      firstBoot: mergeScripts(wishes, 'first_boot'),
    },
    lvmconf: wishes.some(({ lvmconf }) => lvmconf === true),
    mdadmconf: wishes.some(({ mdadmconf }) => mdadmconf === true),
    network: input.network ?? null,
  }
  return { ...content, digest: digestOf(withoutProvenance(content)) }
}

/** What counts as the same request, whoever asked and wherever the controller keeps the modules. */
function withoutProvenance(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProvenance)
  if (typeof value !== 'object' || value === null) return value
  if ('value' in value && 'by' in value) return withoutProvenance(value.value)
  if ('kind' in value && value.kind === 'controller' && 'path' in value) {
    return { kind: 'controller', name: posix.basename(String(value.path)) }
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutProvenance(part)]))
}

function image(wishes: readonly Wish[], part: (wish: Wish) => ImageParts | undefined): ImageRequest {
  return {
    dracutModules: gather(wishes, (wish) =>
      (part(wish)?.dracut_modules ?? []).map(({ name, path }) => ({ name, source: sourceOf(wish, path) })),
    ),
    kernelModules: insisted(
      gather(wishes, (wish) =>
        (part(wish)?.kernel_modules ?? []).map(({ name, path, optional }) => ({
          name,
          source: sourceOf(wish, path),
          ...(optional === true && { optional }),
        })),
      ),
    ),
    includeFiles: gather(wishes, (wish) => (part(wish)?.include_files ?? []).map(normalPath)),
    kernelArgs: {
      add: gather(wishes, (wish) => part(wish)?.kernel_args?.add ?? []),
      remove: gather(wishes, (wish) => part(wish)?.kernel_args?.remove ?? []),
    },
  }
}

/** A driver that one asks for and another would merely like is asked for, by both. */
function insisted(drivers: readonly Asked<RequestedDriver>[]): Asked<RequestedDriver>[] {
  const key = ({ name, source }: RequestedDriver) => JSON.stringify([name, source])
  return drivers.flatMap((driver) => {
    const twins = drivers.filter(({ value }) => key(value) === key(driver.value))
    if (twins.length === 1) return [driver]
    if (driver.value.optional) return []
    return [{ value: driver.value, by: [...new Set(twins.flatMap(({ by }) => by))].sort() }]
  })
}

function sourceOf(wish: Wish, path: string | undefined): ModuleSource {
  return path === undefined ? { kind: 'container' } : { kind: wish.paths, path: normalPath(path) }
}

/** As systemctl takes it: a name without a suffix is a service's. */
function unitName(name: string): string {
  return /\.(service|socket|timer|path|mount|automount|target|slice|swap|device|scope)$/.test(name)
    ? name
    : `${name}.service`
}

function gather<T>(wishes: readonly Wish[], pick: (wish: Wish) => readonly T[]): Asked<T>[] {
  const found = new Map<string, { value: T; by: Set<Provenance> }>()
  for (const wish of wishes) {
    for (const value of pick(wish)) {
      const key = JSON.stringify(value)
      const known = found.get(key)
      if (known) known.by.add(wish.by)
      else found.set(key, { value, by: new Set([wish.by]) })
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, { value, by }]) => ({ value, by: [...by].sort() }))
}
