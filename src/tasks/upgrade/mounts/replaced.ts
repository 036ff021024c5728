import { isBelow } from '../host/tables.ts'

/** Packages replace what lies below; without one of them the upgrade would leave half a system. */
export const REPLACED: readonly string[] = ['/usr', '/var', '/etc', '/opt', '/root']
/** Where kernels and loaders are put, the EFI system partition among them. */
const BOOT: readonly string[] = ['/boot', '/efi']

/** Whether packages, or what makes the new system boot, write below a mount point. */
export function isWritten(point: string): boolean {
  return [...REPLACED, ...BOOT].some((part) => isBelow(point, part))
}
