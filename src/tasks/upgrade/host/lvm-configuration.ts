import type { LvmConfiguration } from './facts.ts'

/** Releases of Enterprise Linux from which a devices file is used unless lvm.conf says otherwise. */
const DEVICES_FILE_SINCE = 9

/** What lvm.conf says about devices; undefined without the file. Comments count for nothing. @param major of the host's release */
export function lvmConfiguration(lines: readonly string[] | undefined, major: number): LvmConfiguration | undefined {
  if (lines === undefined) return undefined
  const settings = lines.map((line) => line.replace(/#.*/, '').trim())
  const last = (name: string) =>
    settings.flatMap((line) => new RegExp(`^(?:devices/)?${name}\\s*=\\s*(.*)$`).exec(line)?.[1] ?? []).at(-1)
  const used = last('use_devicesfile')
  const uses = used === undefined ? major >= DEVICES_FILE_SINCE : used === '1'
  const name = last('devicesfile')?.replace(/^"|"$/g, '') ?? 'system.devices'
  return {
    devicesFile: uses && /^[A-Za-z0-9._+-]+$/.test(name) ? name : undefined,
    filters: settings.filter((line) => /^(?:devices\/)?(global_)?filter\s*=/.test(line)),
  }
}
