/** The options of an fstab line, taken apart. Durations are seconds. */
export interface MountOptions {
  /** For mount(8). */
  readonly mount: readonly string[]
  readonly noauto: boolean
  /** The system comes up without it: `nofail`, or only mounted when somebody looks. */
  readonly optional: boolean
  readonly bind: boolean
  readonly netdev: boolean
  readonly deviceTimeout?: number | undefined
  readonly mountTimeout?: number | undefined
  readonly readWriteOnly: boolean
  /** Of `x-systemd.requires=` and the like, as written: paths or names of units. */
  readonly requires: readonly string[]
  readonly after: readonly string[]
  readonly before: readonly string[]
  readonly requiresMountsFor: readonly string[]
}

/** Takes the options of an fstab line apart. Comments of other programs (`x-...`) and what only a normal boot does are left out. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  const has = (name: string) => options.includes(name)
  const values = (name: string) =>
    options.flatMap((option) => (option.startsWith(`${name}=`) ? [option.slice(name.length + 1)] : []))
  const last = (name: string) => values(name).map(seconds).at(-1)
  return {
    mount: options.filter((option) => !OURS.test(option) && option !== ''),
    noauto: has('noauto'),
    optional: has('nofail') || has('x-systemd.automount'),
    bind: has('bind') || has('rbind'),
    netdev: has('_netdev'),
    deviceTimeout: last('x-systemd.device-timeout'),
    mountTimeout: last('x-systemd.mount-timeout'),
    readWriteOnly: has('x-systemd.rw-only'),
    requires: values('x-systemd.requires'),
    after: values('x-systemd.after'),
    before: values('x-systemd.before'),
    requiresMountsFor: [...values('x-systemd.requires-mounts-for'), ...values('x-systemd.wants-mounts-for')],
  }
}

/** What mount(8) need not see. `X-mount.mkdir` and its kind it acts upon itself. */
const OURS = /^(x-.*|comment=.*|defaults|auto|noauto|nofail|_netdev)$/

const UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  '': 1,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
}

/** A span of time as systemd writes it (`90`, `1min 30s`, `infinity`); undefined when it can't be read. Zero means no limit there. */
export function seconds(text: string): number | undefined {
  const plain = text.trim()
  if (plain === 'infinity' || plain === '0') return Number.POSITIVE_INFINITY
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== plain) return undefined
  let total = 0
  for (const [, count, unit] of parts) {
    const factor = UNITS[unit as string]
    if (factor === undefined) return undefined
    total += Number(count) * factor
  }
  return total
}
