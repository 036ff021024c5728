import { argMatches, type KernelArg, parseArg, parseCmdline, sameKey } from './kernel-cmdline.ts'
import type { MergedRequest } from './request.ts'

/** A kernel argument and why it is there, or gone. */
export interface Reasoned {
  readonly arg: string
  readonly reason: string
}

export interface EntryArgs {
  readonly options: string
  readonly added: readonly Reasoned[]
  readonly removed: readonly Reasoned[]
}

/** What the default entry may say and the upgrade's must not. */
const DROPPED: readonly (readonly [pattern: string, reason: string])[] = [
  ['rd.lvm.lv', 'it would activate only the volumes that it names'],
  ['rd.lvm.vg', 'it would activate only the volume groups that it names'],
  ['rd.luks.uuid', 'it would unlock only the devices that it names'],
  ['resume', 'nothing may be resumed into the upgrade'],
  ['enforcing', 'the new system’s policy does not fit the old system’s labels'],
  ['init', 'the image starts its own init'],
  ['rdinit', 'the image starts its own init'],
  ['systemd.unit', 'the old system’s boot goal, not the upgrade’s'],
  ['rd.systemd.unit', 'the image’s goal is upgrade.target'],
  ['single', 'the old system’s boot goal, not the upgrade’s'],
  ['emergency', 'the old system’s boot goal, not the upgrade’s'],
  ['rescue', 'the old system’s boot goal, not the upgrade’s'],
  ['quiet', 'the console must show how the upgrade goes'],
  ['rhgb', 'the console must show how the upgrade goes'],
  ['splash', 'the console must show how the upgrade goes'],
  ['BOOT_IMAGE', 'the loader’s own'],
  ['initrd', 'the loader’s own'],
]

const FIXED: readonly (readonly [arg: string, reason: string])[] = [
  ['enforcing=0', 'files are relabelled by the new system'],
  ['rd.plymouth=0', 'the console must show how the upgrade goes'],
  ['plymouth.enable=0', 'the console must show how the upgrade goes'],
  ['rd.systemd.unit=upgrade.target', 'the image’s goal, in place of switching to the old root'],
  ['consoleblank=0', 'the console stays readable'],
]

/** Left out when the request asks for a break point: somebody wants to look. */
const UNATTENDED: readonly (readonly [arg: string, reason: string])[] = [
  ['panic=30', 'a panic reboots into the old system after 30 s'],
  ['rd.shell=0', 'nobody is there to use a shell'],
  ['rd.emergency=reboot', 'a boot that fails reboots into the old system'],
]

const BREAK_POINTS = ['rd.break', 'rd.upgrade.break']

/** Without these the entry does not boot the upgrade, or not the image that was checked. */
const PROTECTED = [
  'rd.systemd.unit',
  ...['image', 'run', 'plan', 'rehearsal', 'recovery'].map((name) => `rd.upgrade.${name}`),
]

type RequestedArgs = MergedRequest['upgrade']['kernelArgs']

/** Requested arguments that can't be granted, as sentences. */
export function forbiddenArgs({ add, remove }: RequestedArgs): string[] {
  const forbidden = (arg: string): boolean => PROTECTED.some((key) => sameKey(key, parseArg(arg).key))
  return [
    ...add.filter(({ value }) => forbidden(value)).map(({ value, by }) => `${by.join(', ')} adds ${value}`),
    ...remove.filter(({ value }) => forbidden(value)).map(({ value, by }) => `${by.join(', ')} removes ${value}`),
  ]
}

/**
 * Kernel arguments of our entry: those of the default entry without what would be in the way, ours, then the request's. What a request
 * removes is removed last, so removing beats adding.
 *
 * @param identity arguments that say what was armed; none while the entry is not armed.
 */
export function entryArgs(baseline: string, requested: RequestedArgs, identity: readonly string[]): EntryArgs {
  const looking = requested.add.some(({ value }) => BREAK_POINTS.includes(parseArg(value).key))
  const wanted = [
    ...(looking ? FIXED : [...FIXED, ...UNATTENDED]).map(([arg, reason]) => ({ arg, reason })),
    ...requested.add.map(({ value, by }) => ({ arg: value, reason: `asked for by ${by.join(', ')}` })),
    ...identity.map((arg) => ({ arg, reason: 'what was armed' })),
  ]
  const removals = requested.remove.map(({ value, by }) => ({
    pattern: parseArg(value),
    reason: `removed by ${by.join(', ')}`,
  }))
  const kept: KernelArg[] = []
  const removed: Reasoned[] = []
  let ofInit = false
  for (const arg of parseCmdline(baseline)) {
    ofInit ||= arg.text === '--'
    const reason = ofInit ? 'the image starts its own init' : whyDropped(arg, removals)
    const replacement = ours(wanted, arg)
    if (reason !== undefined) removed.push({ arg: arg.text, reason })
    else if (replacement !== undefined) removed.push({ arg: arg.text, reason: `replaced by ${replacement}` })
    else kept.push(arg)
  }
  const granted = new Map<string, Reasoned>()
  for (const one of wanted) {
    const arg = parseArg(one.arg)
    if (removals.some(({ pattern }) => argMatches(pattern, arg))) continue
    if (kept.some(({ text }) => text === one.arg) || granted.has(one.arg)) continue
    granted.set(one.arg, one)
  }
  const added = [...granted.values()]
  return {
    options: [...kept.map(({ text }) => text), ...added.map(({ arg }) => arg)].join(' '),
    added: added.filter(({ arg }) => !removed.some((gone) => gone.arg === arg)),
    removed: removed.filter(({ arg }) => !granted.has(arg)),
  }
}

function whyDropped(
  arg: KernelArg,
  removals: readonly { readonly pattern: KernelArg; readonly reason: string }[],
): string | undefined {
  const dropped = DROPPED.find(([pattern]) => argMatches(parseArg(pattern), arg))
  return dropped?.[1] ?? removals.find(({ pattern }) => argMatches(pattern, arg))?.reason
}

/** Arguments of ours that take one value: a second one on the line would win or lose by its place. */
function ours(wanted: readonly Reasoned[], arg: KernelArg): string | undefined {
  const fixed = [...FIXED, ...UNATTENDED].some(([text]) => sameKey(parseArg(text).key, arg.key))
  const armed = arg.key.startsWith('rd.upgrade.')
  return fixed || armed ? (wanted.find((one) => sameKey(parseArg(one.arg).key, arg.key))?.arg ?? undefined) : undefined
}
