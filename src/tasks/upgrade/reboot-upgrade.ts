import { z } from 'zod'
import type { ImageIdentity } from '../../remote/types.ts'
import {
  type AttendInput,
  type CheckInput,
  type ControllerFiles,
  defineTask,
  type UpgradeRecord,
  type Verdict,
} from '../contract.ts'
import { runsRelease } from './already-upgraded.ts'
import { decideEntry, type EntryFacts, type EntryLocal, type EntrySpec, entryProbes, loadEntry } from './arming.ts'
import { timeoutsSchema } from './follow/phases.ts'
import { carryOut, type Watch } from './reboot-upgrade-apply.ts'
import { isUpgraded, type UpgradeFacts, upgradeProbe } from './reboot-upgrade-facts.ts'

const argsSchema = z.strictObject({
  run: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits and . _ - only, at most 64')
    .optional()
    .describe(
      'Name of this attempt, found again in its result. By default made from image, plan and the boot in which it is armed',
    ),
  ssh_key: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The key that was given to gather_modules. The path of a private key, or of a public one beside it, opens the image; without it, the ' +
        'controller’s own key and those that open the host are tried',
    ),
  timeouts: timeoutsSchema.describe('Seconds that each phase may take before the host counts as overdue'),
  patience: z
    .number()
    .nonnegative()
    .max(604_800)
    .default(7200)
    .describe('Seconds that an overdue host is waited for; then it fails as overdue'),
  resume: z
    .boolean()
    .default(false)
    .describe('Lets an upgrade that failed after the first change, and waits in its image, go on'),
})
type Args = z.infer<typeof argsSchema>

type Facts = EntryFacts & { upgrade: UpgradeFacts }

/** JSON-safe: what is armed and followed, or only followed. */
export type Spec =
  | { readonly kind: 'start'; readonly entry: EntrySpec | null; readonly record: UpgradeRecord; readonly watch: Watch }
  | { readonly kind: 'watch'; readonly record: UpgradeRecord; readonly watch: Watch }

/** The controller's side of arming, and the private key that opens the image where one was named. */
interface Local {
  readonly entry: EntryLocal
  readonly keyFile: string | undefined
}

export const rebootUpgradeTask = defineTask<Args, Facts, Spec, Local>({
  name: 'reboot_upgrade',
  summary:
    'Arms the boot entry with the digests of the frozen plan and of the image, reboots into the upgrade and follows the host through both boots, ' +
    'until the new system is done with its first one. A host that an earlier run left in the middle of its upgrade is found and watched on.',
  args: argsSchema,
  exclusive: true,
  needsRoot: true,
  example: '- name: The upgrade itself\n  reboot_upgrade:\n    timeouts:\n      transaction: 10800\n',
  controllerPaths: ['ssh_key'],
  disruptive: () => ({
    does: 'reboots the host into the upgrade, which replaces its packages',
    undo:
      'until the reboot by playbooks/cancel.yml; until its first package changes any failure leads back to the old system by itself; ' +
      'after that it can only go forward (resume), or back by a backup',
  }),
  load: async ({ ssh_key }, files) => ({ entry: await loadEntry(files), keyFile: privateKeyFile(ssh_key, files) }),
  probes: ({ run }) => ({ ...entryProbes({ arm: true, rehearsal: false, run }), upgrade: upgradeProbe }),
  check,
  attend,
  apply: carryOut,
})

function check({ args, facts, given, local }: CheckInput<Args, Facts, Local>): Verdict<Spec> {
  const { sight } = facts.upgrade
  const { result } = sight
  if (isUpgraded(sight)) {
    return {
      kind: 'ok',
      summary: `upgraded: ${sight.distribution} ${sight.release}, kernel ${sight.kernel}`,
      result: {
        run: result?.run ?? null,
        outcome: 'upgraded',
        release: result?.release ? { ...result.release } : null,
      },
    }
  }
  if (result?.release && runsRelease(sight.release, result.release.to)) {
    if (result.outcome === 'first-boot' && sight.resumeService !== 'failed') return watchFirstBoot(args, facts)
    if (result.outcome === 'first-boot' || result.outcome === 'first-boot-failed') {
      return {
        kind: 'refuse',
        reason: `the new system runs, and its first boot did not end well: ${result.message ?? 'upgrade-resume.service failed'}`,
        remedy: 'mend what it names, then on the host: systemctl start upgrade-resume; then run again',
      }
    }
  }
  const decision = decideEntry(facts, given, { arm: true, rehearsal: false, run: args.run }, local.entry)
  if (decision.kind === 'refuse') return decision
  const { identity } = decision
  const { head } = facts.plan
  const { manifest } = facts.image
  if (identity?.plan === undefined || head.kind !== 'present' || manifest.kind !== 'present') {
    return { kind: 'refuse', reason: 'there is no frozen plan', remedy: 'Let stage_transaction run first.' }
  }
  const { release } = head.value
  const size = `${(facts.upgrade.bytes / 1024 / 1024).toFixed(0)} MiB`
  const blind = manifest.value.ssh ? '' : '; the image has no network, so nothing is heard until the host is back'
  return {
    kind: 'change',
    summary: `arms the entry, reboots into the upgrade and follows it: ${facts.upgrade.packages} packages, ${size}, release ${release.from} -> ${release.to}${blind}`,
    diff: decision.kind === 'change' ? decision.diff : [],
    touches: ['*'],
    result: { run: identity.run },
    spec: {
      kind: 'start',
      entry: decision.kind === 'change' ? decision.spec : null,
      record: {
        version: 1,
        run: identity.run,
        image: manifest.value.ssh ? identityOf(manifest.value.ssh, local.keyFile) : null,
        plan: identity.plan,
        imageDigest: identity.image,
        release: { ...release },
        before: { bootId: sight.bootId, kernel: sight.kernel },
        armedAt: '',
      },
      watch: watchOf(args),
    },
  }
}

/** An earlier run left the host in the middle of its upgrade: no system can be asked, and nothing is decided anew. */
function attend({ args, record, sight }: AttendInput<Args>): Verdict<Spec> {
  const doing = args.resume ? 'lets the upgrade go on and watches it' : 'goes on watching the upgrade'
  return {
    kind: 'change',
    summary: `${doing}: run ${record.run}, release ${record.release.from} -> ${record.release.to}; ${sight.text}`,
    touches: ['*'],
    result: { run: record.run },
    spec: { kind: 'watch', record, watch: watchOf(args) },
  }
}

/** The new system runs and its resume service is not done: whoever began this upgrade, what is left is to wait. */
function watchFirstBoot(args: Args, { upgrade: { sight } }: Facts): Verdict<Spec> {
  const { result } = sight
  const record: UpgradeRecord = {
    version: 1,
    run: result?.run ?? '',
    image: null,
    plan: result?.plan ?? '',
    imageDigest: '',
    release: result?.release ?? { from: '', to: '' },
    before: { bootId: '', kernel: '' },
    armedAt: '',
  }
  return {
    kind: 'change',
    summary: `waits for the first boot to end: the resume service is ${sight.resumeService}`,
    touches: ['*'],
    result: { run: record.run },
    spec: { kind: 'watch', record, watch: watchOf(args) },
  }
}

function watchOf({ timeouts, patience, resume }: Args): Watch {
  return { limits: { timeouts, patience }, resume }
}

/** Without comments: keys are compared. */
function identityOf({ hostKey, authorizedKey }: ImageIdentity, keyFile: string | undefined): ImageIdentity {
  const bare = (key: string) => key.trim().split(/\s+/).slice(0, 2).join(' ')
  return { hostKey: bare(hostKey), authorizedKey: bare(authorizedKey), ...(keyFile === undefined ? {} : { keyFile }) }
}

/** A key that was given as text has no file. Throws UserError for a path that leads nowhere. */
function privateKeyFile(given: string | undefined, files: ControllerFiles): string | undefined {
  if (given === undefined || /\s/.test(given.trim())) return undefined
  return files.resolve(given.trim()).replace(/\.pub$/, '')
}
