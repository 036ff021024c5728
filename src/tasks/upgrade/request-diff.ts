import type { Diff } from '../contract.ts'
import type { Asked, ImageRequest, MergedRequest, RequestedScript } from './request.ts'
import { showSource } from './request-conflicts.ts'

/** What changed between two requests, with who asked for what now, or had asked. */
export function requestDiff(before: MergedRequest | undefined, after: MergedRequest): Diff[] {
  const old = before ? itemsOf(before) : new Map<string, string>()
  const now = itemsOf(after)
  const added = [...now].filter(([item]) => !old.has(item)).map(shown)
  const removed = [...old].filter(([item]) => !now.has(item)).map(shown)
  const changed = [...now]
    .filter(([item, by]) => old.has(item) && old.get(item) !== by)
    .map(([item, by]) => `${item}: asked for by ${by}, was ${old.get(item)}`)
  return [{ kind: 'items', title: 'request', added, removed, changed }]
}

function shown([item, by]: readonly [string, string]): string {
  return `${item} (${by})`
}

/** Item -> who asked. */
function itemsOf(request: MergedRequest): Map<string, string> {
  const items = new Map<string, string>([[`release ${request.sourceRelease} to ${request.targetRelease}`, 'play']])
  const add = <T>(list: readonly Asked<T>[], name: (value: T) => string): void => {
    for (const { value, by } of list) items.set(name(value), by.join(', '))
  }
  add(request.installRpms, (rpm) => `package ${rpm}`)
  add(request.copyFiles, ({ src, dst }) => `copy of ${src}${src === dst ? '' : ` to ${dst}`}`)
  addImage(add, request.upgrade, '')
  addImage(add, request.target, ' for the new system')
  add(request.services.enable, (unit) => `enable ${unit} in the new system`)
  add(request.services.disable, (unit) => `disable ${unit} in the new system`)
  addScripts(items, request.scripts.afterTransaction, 'after the transaction')
  addScripts(items, request.scripts.firstBoot, 'at the first boot')
  if (request.network) {
    const { setup, port } = request.network
    items.set(`network ${setup}${port === 22 ? '' : `, sshd on port ${port}`}`, 'built-in')
    items.set(`log-in by ${request.network.authorizedKey ?? 'the key that the first run makes'}`, 'play')
  }
  if (request.lvmconf) items.set('dracut --lvmconf', 'built-in')
  if (request.mdadmconf) items.set('dracut --mdadmconf', 'built-in')
  return items
}

function addScripts(items: Map<string, string>, scripts: readonly Asked<RequestedScript>[], when: string): void {
  for (const [i, { value, by }] of scripts.entries()) {
    const { source, timeout } = value
    items.set(`script ${i + 1} ${when}: ${showSource(source)}, at most ${timeout} s`, by.join(', '))
  }
}

function addImage(
  add: <T>(list: readonly Asked<T>[], name: (value: T) => string) => void,
  image: ImageRequest,
  suffix: string,
): void {
  add(image.dracutModules, ({ name, source }) => `dracut module ${name} from ${showSource(source)}${suffix}`)
  add(
    image.kernelModules,
    ({ name, source, optional }) =>
      `kernel module ${name} from ${showSource(source)}${optional ? ', if the kernel has it' : ''}${suffix}`,
  )
  add(image.includeFiles, (path) => `file ${path}${suffix}`)
  add(image.kernelArgs.add, (arg) => `kernel argument ${arg}${suffix}`)
  add(image.kernelArgs.remove, (arg) => `removal of kernel argument ${arg}${suffix}`)
}
