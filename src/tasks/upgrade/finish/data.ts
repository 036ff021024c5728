import { PROVE } from '../image/prove.ts'
import type { Asked, MergedRequest, RequestedScript } from '../request.ts'
import type { HostState } from './host-state.ts'
import { renderLines } from './line-files.ts'

/** Seconds that the first boot's program may take beside the scripts of requests. */
const OWN_SECONDS = 900
/** What a script's end may take beyond its own limit. */
const SCRIPT_SECONDS = 15

/**
 * The files of `finish/` that say what is to be done, by name. The final steps are shell, and the new system need not have
 * anything that reads JSON; so each is a list of values, one a line:
 *
 * | File | A line is |
 * |---|---|
 * | `settings` | `from RELEASE`, `to RELEASE`, `booted KERNEL`, `selinux enforcing|permissive|disabled` |
 * | `kernels` | a kernel that was there before |
 * | `image-modules`, `image-drivers`, `image-files` | what the new system's own initramfs must hold |
 * | `args-add`, `args-remove` | a kernel argument; to remove: `key` or `key=value` |
 * | `services-were` | `enabled|disabled|undecided UNIT`, see {@link HostState} |
 * | `services-enable`, `services-disable` | a unit |
 * | `scripts-after-transaction`, `scripts-first-boot` | `SECONDS NAME`, in their order; the script is `scripts/MOMENT/NAME` |
 * | `dangling-links` | a link that pointed nowhere already |
 *
 * `prove.sh` is the shell function that reads an image back.
 *
 * @throws LineFileError for a value that has no place on a line.
 */
export function dataFiles(request: MergedRequest, host: HostState): Record<string, string> {
  const { target, services, scripts, sourceRelease, targetRelease } = request
  const values = (asked: readonly Asked<string>[]) => asked.map(({ value }) => value)
  const names = (asked: readonly Asked<{ readonly name: string }>[]) => [
    ...new Set(asked.map(({ value }) => value.name)),
  ]
  // Nothing would label the files of a system that boots without SELinux.
  const selinux = target.kernelArgs.add.some(({ value }) => value === 'selinux=0') ? 'disabled' : host.selinux
  const lists: Readonly<Record<string, readonly string[]>> = {
    settings: [`from ${sourceRelease}`, `to ${targetRelease}`, `booted ${host.booted}`, `selinux ${selinux}`],
    kernels: host.kernels,
    'image-modules': names(target.dracutModules),
    'image-drivers': names(target.kernelModules),
    'image-files': values(target.includeFiles),
    'args-add': values(target.kernelArgs.add),
    'args-remove': values(target.kernelArgs.remove),
    'services-were': host.services.map(({ name, was }) => `${was} ${name}`),
    'services-enable': values(services.enable),
    'services-disable': values(services.disable),
    'scripts-after-transaction': scriptLines(scripts.afterTransaction),
    'scripts-first-boot': scriptLines(scripts.firstBoot),
    'dangling-links': host.danglingLinks,
  }
  return {
    ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, renderLines(name, list)])),
    'prove.sh': `# shellcheck shell=sh\n${PROVE}\n`,
  }
}

function scriptLines(scripts: readonly Asked<RequestedScript>[]): string[] {
  return scripts.map(({ value }, i) => `${value.timeout} ${scriptName(i, scripts.length, value)}`)
}

/** Scripts of one moment get a number, so that two of one name stay two and a folder's listing shows their order. */
export function scriptName(place: number, count: number, { name }: RequestedScript): string {
  return `${String(place + 1).padStart(Math.max(2, String(count).length), '0')}-${name}`
}

/** The first boot's unit with room for the scripts: those of the first boot, and those that are tried again. */
export function resumeUnit(unit: string, { scripts }: MergedRequest): string {
  const seconds = [...scripts.afterTransaction, ...scripts.firstBoot].reduce(
    (sum, { value }) => sum + value.timeout + SCRIPT_SECONDS,
    OWN_SECONDS,
  )
  return unit.replace(/^TimeoutStartSec=.*$/m, `TimeoutStartSec=${seconds}`)
}
