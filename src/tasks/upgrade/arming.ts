import type { ValueMap } from '../../expression/values.ts'
import type { ApplyFrame, Content, ControllerFiles, Diff, Probes, Provides, Resource } from '../contract.ts'
import { armablePlan, noPlanProbe, type PlanFacts, planProbe } from './arming-plan.ts'
import { type EntryArgs, entryArgs, forbiddenArgs, type Reasoned } from './boot-entry-args.ts'
import { armableImage, type ImageFacts, imageProbe, noImageProbe } from './boot-entry-image.ts'
import { type EntryChange, entryScript } from './boot-entry-script.ts'
import { sha256 } from './digest.ts'
import { type RequestFact, requestOf, requestProbe } from './given-request.ts'
import type { HostFacts } from './host/facts.ts'
import { hostProbe } from './host/host-probe.ts'
import { bootNames, HOST, STATE } from './layout.ts'
import { chooseDriver, DRIVERS, steeringOf } from './loaders/choose.ts'
import type { LoaderDriver, Steering } from './loaders/driver.ts'
import { type LoaderFacts, loaderProbe } from './loaders/facts.ts'
import { ENTRY_FILE, ENTRY_PATH } from './loaders/paths.ts'
import { loadSteer, type SteerSources, steerScript } from './loaders/steer.ts'

/** How our entry is to be: there and not armed, or armed for one boot. */
export type EntryWish =
  | { readonly arm: false }
  | { readonly arm: true; readonly rehearsal: boolean; readonly run?: string | undefined }

export interface EntryFacts {
  readonly host: HostFacts
  readonly loader: LoaderFacts
  readonly request: RequestFact
  readonly image: ImageFacts
  readonly plan: PlanFacts
}

/** The controller's side: the shell that steers the loader, and where texts become contents. */
export interface EntryLocal {
  readonly bytes: ControllerFiles['bytes']
  readonly steer: SteerSources
}

/** JSON-safe, journalled as intent. */
export interface EntrySpec extends EntryChange {
  readonly driver: LoaderDriver['kind']
  readonly steering: Steering
  /** The entry's text and the steering script, by digest. */
  readonly entry?: Content | undefined
  readonly steer?: Content | undefined
}

/** Names of what is armed: the attempt, the image, and the plan where packages are to change. */
export interface Identity {
  readonly run: string
  readonly image: string
  readonly plan: string | undefined
}

export type EntryDecision =
  | { readonly kind: 'refuse'; readonly reason: string; readonly remedy: string }
  | { readonly kind: 'ok'; readonly identity: Identity | undefined; readonly result: ValueMap }
  | {
      readonly kind: 'change'
      readonly identity: Identity | undefined
      readonly result: ValueMap
      readonly summary: string
      readonly diff: readonly Diff[]
      readonly touches: readonly Resource[]
      readonly spec: EntrySpec
    }

export async function loadEntry(files: ControllerFiles): Promise<EntryLocal> {
  return { bytes: (data) => files.bytes(data), steer: await loadSteer(files) }
}

/** Only arming needs to know the image, and only arming for packages the plan: nobody waits for what is not needed. */
export function entryProbes(wish: EntryWish): Probes<EntryFacts> {
  return {
    host: hostProbe,
    loader: loaderProbe,
    request: requestProbe,
    image: wish.arm ? imageProbe : noImageProbe,
    plan: wish.arm && !wish.rehearsal ? planProbe : noPlanProbe,
  }
}

/** Whether our entry is as wished, what has to change, or why it can't be. Pure. */
export function decideEntry(facts: EntryFacts, given: Provides, wish: EntryWish, local: EntryLocal): EntryDecision {
  const chosen = chooseDriver(facts)
  if ('none' in chosen) return refuse(chosen.none.title, chosen.none.detail, chosen.none.remedy)
  const { driver, obstacles } = chosen
  if (obstacles.length > 0) {
    return refuse(
      obstacles.map(({ title }) => title).join('; '),
      obstacles.map(({ detail }) => detail).join('; '),
      obstacles.map(({ remedy }) => remedy).join(' '),
    )
  }
  const merged = requestOf(given, facts.request)
  if (!merged.ok) return { kind: 'refuse', reason: merged.reason, remedy: merged.remedy }
  const requested = merged.request.upgrade.kernelArgs
  const forbidden = forbiddenArgs(requested)
  if (forbidden.length > 0) {
    return refuse(
      'a request changes kernel arguments that are ours',
      forbidden.join('; '),
      'Take them out of the request.',
    )
  }
  const identity = wish.arm ? identityOf(wish, facts, merged.request.targetRelease) : undefined
  if (identity !== undefined && 'why' in identity) {
    return refuse('the upgrade can’t be armed', identity.why.join('; '), identity.remedy)
  }
  const next = driver.oneShot(facts)
  if (wish.arm && next.kind === 'other') {
    return refuse(
      'somebody else chose the next boot',
      `the next boot is set to ${next.id}`,
      'Let that boot happen, or take the choice back, then run again.',
    )
  }
  const composed = entryArgs(driver.defaultEntry(facts)?.options ?? '', requested, armedArgs(identity))
  return compare(driver, facts, local, { composed, identity, isArmed: next.kind === 'ours' })
}

/** The frame that makes the change of a decision. After exit code 0 all of it was read back. */
export function entryFrame(spec: EntrySpec, files: ControllerFiles): ApplyFrame {
  const driver = DRIVERS.find(({ kind }) => kind === spec.driver) as LoaderDriver
  const steer = spec.steer && Buffer.from(files.read(spec.steer)).toString()
  return {
    script: entryScript(driver.scripts(spec.steering), spec, steer),
    payload: spec.entry && files.read(spec.entry),
    timeoutMs: 60_000,
  }
}

/** Where loaders keep the one-shot choice. */
const LOADER_STATE: readonly Resource[] = [
  'path:/boot/grub2/grubenv',
  'path:/boot/grub/grubenv',
  'tree:/boot/efi',
  'tree:/sys/firmware/efi/efivars',
  `tree:${STATE}/boot`,
]

/** @param choice whether the one-shot choice changes, too. */
export function entryTouches(choice: boolean): Resource[] {
  return ['tree:/boot/loader/entries', ...(choice ? LOADER_STATE : [])]
}

function identityOf(
  wish: EntryWish & { arm: true },
  { image, host, loader, plan }: EntryFacts,
  release: string,
): Identity | { why: readonly string[]; remedy: string } {
  const armable = armableImage(image, host.arch)
  if ('why' in armable) {
    return { why: [armable.why], remedy: 'Let run_dracut and copy_boot run first, in this play or before it.' }
  }
  // The same until the host boots: arming twice changes nothing, and a second attempt has another name.
  const named = (plan: string) => wish.run ?? sha256(`${armable.sha256} ${plan}${loader.bootId}`).slice(0, 16)
  if (wish.rehearsal) return { run: named(''), image: armable.sha256, plan: undefined }
  const frozen = armablePlan(plan, { container: armable.container, release })
  if ('why' in frozen) {
    return { why: frozen.why, remedy: 'Let stage_transaction run again, in this play or before it; then arm.' }
  }
  return { run: named(`${frozen.digest} `), image: armable.sha256, plan: frozen.digest }
}

function armedArgs(identity: Identity | undefined): string[] {
  if (identity === undefined) return []
  const { image, run, plan } = identity
  return [
    `rd.upgrade.image=${image}`,
    `rd.upgrade.run=${run}`,
    plan === undefined ? 'rd.upgrade.rehearsal=1' : `rd.upgrade.plan=${plan}`,
  ]
}

interface Composition {
  readonly composed: EntryArgs
  readonly identity: Identity | undefined
  readonly isArmed: boolean
}

function compare(
  driver: LoaderDriver,
  facts: EntryFacts,
  local: EntryLocal,
  { composed, identity, isArmed }: Composition,
): EntryDecision {
  const arm = identity !== undefined
  const names = bootNames(facts.host.arch)
  const text = driver.render(facts, { kernel: names.kernel, initramfs: names.initramfs, options: composed.options })
  const steer = arm ? steerOf(driver, facts, local, composed.options, identity) : undefined
  const ours = driver.ours(facts)
  const before = ours[0]?.text ?? ''
  const named = driver.kind === 'grubby' || ours[0]?.name === ENTRY_FILE
  const right = ours.length === 1 && before === text && named
  const steered = steer === undefined || steer.sha256 === facts.plan.steer
  const result: ValueMap = { armed: arm, loader: driver.kind, kernel_args: composed.options }
  if (right && isArmed === arm && steered) return { kind: 'ok', identity, result }

  const done = [
    ...(right ? [] : [ours.length === 0 ? 'adds the entry' : 'corrects the entry']),
    ...(ours.length > 1 ? [`removes ${ours.length - 1} other entries of ours`] : []),
    ...(steered ? [] : [`writes ${HOST.steer}`]),
    arm
      ? `arms it for one boot${identity.plan === undefined ? ', a rehearsal that changes no package' : ''}`
      : isArmed
        ? 'disarms it'
        : 'does not arm it',
  ]
  const entry = right ? undefined : local.bytes(text)
  return {
    kind: 'change',
    identity,
    result,
    summary: `${driver.label}: ${done.join(', ')}`,
    diff: [
      ...(right ? [] : entryDiff(before, text, composed, driver.defaultEntry(facts)?.id)),
      ...(isArmed === arm ? [] : [choiceDiff(arm)]),
    ],
    touches: entryTouches(isArmed || arm || driver.kind === 'grubby'),
    spec: { driver: driver.kind, steering: steeringOf(facts), entry, write: entry?.sha256, arm, steer },
  }
}

function steerOf(
  driver: LoaderDriver,
  facts: EntryFacts,
  local: EntryLocal,
  options: string,
  { image, plan }: Identity,
): Content {
  const manifest = facts.image.manifest
  const kernel = manifest.kind === 'present' ? manifest.value.files.kernel.sha256 : ''
  const recovery = plan === undefined ? undefined : `${options} rd.upgrade.recovery=1`
  return local.bytes(steerScript(local.steer, driver, facts, { kernel, image, recovery }))
}

function entryDiff(before: string, after: string, composed: EntryArgs, model: string | undefined): Diff[] {
  return [
    { kind: 'text', path: ENTRY_PATH, before, after },
    {
      kind: 'items',
      title: `kernel arguments, compared with the default entry ${model}`,
      added: composed.added.map(shown),
      removed: composed.removed.map(shown),
      changed: [],
    },
  ]
}

function choiceDiff(arm: boolean): Diff {
  const [ours, theirs] = [['the upgrade, once'], ['the default entry']]
  return { kind: 'items', title: 'next boot', added: arm ? ours : theirs, removed: arm ? theirs : ours, changed: [] }
}

function shown({ arg, reason }: Reasoned): string {
  return `${arg} (${reason})`
}

function refuse(title: string, detail: string, remedy: string): EntryDecision & { kind: 'refuse' } {
  return { kind: 'refuse', reason: `${title}: ${detail}`, remedy }
}
