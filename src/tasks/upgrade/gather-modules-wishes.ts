import { basename } from 'node:path/posix'
import { UserError } from '../../diagnostics/diagnostic.ts'
import type { ExpressionText, Value, ValueMap } from '../../expression/values.ts'
import type { CheckInput, Provides } from '../contract.ts'
import type { GatherLocal } from './gather-modules-local.ts'
import type { HostRequests } from './gather-modules-probe.ts'
import type { HostFacts } from './host/facts.ts'
import { NETWORK_MODULE } from './image/wanted.ts'
import type { NetworkWish } from './networking.ts'
import { type RequestFile, requestFile } from './request.ts'
import { parseRequest } from './request-source.ts'
import type { Wish } from './request-wish.ts'
import { majorOf } from './rules/distributions.ts'
import { BUILT_IN_RULES } from './rules/table.ts'

export interface Gathered {
  readonly wishes: readonly Wish[]
  /** What is wrong with them, each with its place. */
  readonly faults: readonly string[]
}

export interface GatherInput {
  readonly host: HostFacts
  readonly hostRequests: HostRequests
  readonly local: GatherLocal
  readonly targetRelease: string
  readonly network: NetworkWish | undefined
  /** Names of built-in rules that the play leaves out. */
  readonly leaveOut: readonly string[]
  /** What the task's own arguments ask for. */
  readonly play: Omit<RequestFile, 'when'>
  /** Products of earlier steps, among them those of user plugins. */
  readonly given: Provides
  evaluate: CheckInput<unknown, unknown, unknown>['evaluate']
}

/** Asks all producers, in the order in which an operator would look for them. */
export function gatherWishes(input: GatherInput): Gathered {
  const faults: string[] = []
  const found: Wish[] = [
    ...builtIn(input),
    ...besidePlaybook(input),
    { by: 'play', request: input.play, paths: 'controller' },
  ]
  for (const wish of [...plugins(input.given, faults), ...onHost(input.hostRequests, faults)]) found.push(wish)
  const wishes = found.map((wish) => located(wish, input, faults))
  return { wishes, faults }
}

function builtIn({ host, targetRelease, network, leaveOut, local }: GatherInput): Wish[] {
  const input = { host, source: majorOf(host.os.versionId), target: majorOf(targetRelease), targetRelease }
  const holding = BUILT_IN_RULES.filter((rule) => !leaveOut.includes(rule.name) && rule.when(input))
  const rules = holding.map((rule): Wish => {
    const { lvmconf, mdadmconf, ...request } = rule.asks(input)
    return { by: `built-in:${rule.name}`, request, paths: 'host', lvmconf, mdadmconf }
  })
  return [
    ...rules,
    {
      by: 'built-in:base',
      request: { dracut_modules: local.ownModules.filter(({ name }) => name !== NETWORK_MODULE) },
      paths: 'controller',
    },
    ...(network ? [{ by: `built-in:${network.by}`, request: network.request, paths: 'host' as const }] : []),
  ]
}

function besidePlaybook({ local, evaluate, host }: GatherInput): Wish[] {
  const extra: ValueMap = { host_facts: host as unknown as Value }
  return local.requests
    .filter(({ when }) => when === undefined || holds(when, evaluate(when, extra)))
    .map(({ by, request }) => ({ by, request, paths: 'controller' }))
}

function holds(when: ExpressionText, value: Value): boolean {
  if (typeof value === 'boolean') return value
  throw new UserError({
    message: `"when" gave ${JSON.stringify(value)}`,
    origin: when.origin,
    hint: 'expected true or false: write a comparison or a test',
  })
}

/**
 * What plugins provide under `requests`, or `requests:NAME` where there are several of them: a request or a list of them, each with an
 * optional `by`. Paths are on the controller.
 */
function plugins(given: Provides, faults: string[]): Wish[] {
  const products = Object.entries(given).filter(([key]) => key === 'requests' || key.startsWith('requests:'))
  return products.flatMap(([key, product]) => {
    const named = key === 'requests' ? 'plugin' : `plugin:${key.slice('requests:'.length)}`
    const list: readonly unknown[] = Array.isArray(product) ? product : [product]
    return list.flatMap((item, at) => ofPlugin(item, list.length > 1 ? `${named} request ${at + 1}` : named, faults))
  })
}

function ofPlugin(item: unknown, named: string, faults: string[]): Wish[] {
  const { by, ...rest } = (typeof item === 'object' && item !== null ? item : { item }) as Record<string, unknown>
  const name = typeof by === 'string' ? by : named
  const parsed = requestFile.omit({ when: true }).safeParse(rest)
  if (parsed.success) return [{ by: name, request: parsed.data, paths: 'controller' }]
  for (const { path, message } of parsed.error.issues)
    faults.push(`${name}: ${path.join('.') || 'request'}: ${message}`)
  return []
}

function onHost({ files }: HostRequests, faults: string[]): Wish[] {
  return files.flatMap(({ path, text, fault }): Wish[] => {
    const by = `host:${path}`
    if (fault !== undefined) {
      faults.push(`${by}: ${fault}`)
      return []
    }
    try {
      const { request, when } = parseRequest(by, text)
      // What comes from a host is data: it decides nothing on the controller.
      if (when !== undefined)
        throw new UserError({ message: '"when" is not evaluated in files of a host', origin: when.origin })
      return [{ by, request, paths: 'host' }]
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      faults.push(error.message)
      return []
    }
  })
}

/** Makes the paths absolute and sees that they exist. */
function located(wish: Wish, input: GatherInput, faults: string[]): Wish {
  const { request } = wish
  for (const { src } of request.copy_files ?? []) {
    if (!wish.by.startsWith('built-in:')) existsOnHost(wish.by, 'copy_files', src, input.hostRequests, faults)
  }
  const parts = <T extends Pick<RequestFile, 'dracut_modules' | 'kernel_modules'>>(image: T): T => ({
    ...image,
    ...(image.dracut_modules && {
      dracut_modules: modules(image.dracut_modules, 'dracut module', wish, input, faults),
    }),
    ...(image.kernel_modules && {
      kernel_modules: modules(image.kernel_modules, 'kernel module', wish, input, faults),
    }),
  })
  return {
    ...wish,
    request: {
      ...parts(request),
      ...(request.target && { target: parts(request.target) }),
      ...(request.scripts && { scripts: scripts(request.scripts, wish, input, faults) }),
    },
  }
}

type Scripts = NonNullable<RequestFile['scripts']>

function scripts(asked: Scripts, wish: Wish, input: GatherInput, faults: string[]): Scripts {
  const located = <T extends { path: string }>(list: readonly T[]): T[] =>
    list.map((script) => ({
      ...script,
      path: locatedPath(script.path, `script ${basename(script.path)}`, 'file', wish, input, faults),
    }))
  return {
    ...(asked.after_transaction && { after_transaction: located(asked.after_transaction) }),
    ...(asked.first_boot && { first_boot: located(asked.first_boot) }),
  }
}

type Module = { name: string; path?: string | undefined }

function modules(list: readonly Module[], kind: string, wish: Wish, input: GatherInput, faults: string[]): Module[] {
  return list.map((module) => {
    if (module.path === undefined) return module
    const what = `${kind} ${module.name}`
    const folder = basename(module.path.replace(/\/+$/, ''))
    if (kind === 'dracut module' && !(/^\d\d/.test(folder) && folder.replace(/^\d+/, '') === module.name)) {
      faults.push(
        `${wish.by}: ${what}: its folder must be called NN${module.name}, such as 90${module.name}; it is called ${folder}`,
      )
    }
    const must = kind === 'dracut module' ? 'directory' : undefined
    return { ...module, path: locatedPath(module.path, what, must, wish, input, faults) }
  })
}

/** The path made absolute where it is on the controller; a fault when it is not there or, on the host, not what it must be. */
function locatedPath(
  path: string,
  what: string,
  must: 'file' | 'directory' | undefined,
  wish: Wish,
  input: GatherInput,
  faults: string[],
): string {
  if (wish.paths === 'host') {
    if (!path.startsWith('/')) faults.push(`${wish.by}: ${what}: ${path} must be an absolute path`)
    else existsOnHost(wish.by, what, path, input.hostRequests, faults, must)
    return path
  }
  const resolved = input.local.resolve(path)
  if ('path' in resolved) return resolved.path
  faults.push(`${wish.by}: ${what}: ${resolved.missing}`)
  return path
}

function existsOnHost(
  by: string,
  what: string,
  path: string,
  { paths }: HostRequests,
  faults: string[],
  must?: 'file' | 'directory',
): void {
  const kind = paths[path]
  if (kind === undefined)
    faults.push(`${by}: ${what}: write the path ${path} plainly, on one line, so that the host can be asked about it`)
  else if (kind === 'missing') faults.push(`${by}: ${what}: ${path} does not exist on the host`)
  else if (must !== undefined && kind !== must)
    faults.push(
      `${by}: ${what}: ${path} must be a ${must}, it is ${kind === 'other' ? 'neither file nor directory' : `a ${kind}`}`,
    )
}

/** Paths on the host that the play and the files beside it name: what the probe has to ask about. */
export function hostPathsOf(requests: readonly Omit<RequestFile, 'when'>[]): string[] {
  return requests.flatMap(({ copy_files }) => (copy_files ?? []).map(({ src }) => src))
}
