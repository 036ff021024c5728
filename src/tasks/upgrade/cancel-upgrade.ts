import { z } from 'zod'
import { type Diff, defineTask, type Resource, type Verdict } from '../contract.ts'
import { runsRelease, type UpgradedFact, upgradedProbe } from './already-upgraded.ts'
import { entryTouches } from './arming.ts'
import { type RemainsFact, remainsProbe } from './cancel-upgrade-probe.ts'
import { type CancelSpec, cancelScript } from './cancel-upgrade-script.ts'
import { type BootFact, bootProbe } from './copy-boot-probe.ts'
import type { HostFacts } from './host/facts.ts'
import { hostProbe } from './host/host-probe.ts'
import { STATE } from './layout.ts'
import { chooseDriver, steeringOf } from './loaders/choose.ts'
import { type LoaderFacts, loaderProbe } from './loaders/facts.ts'

const args = z.strictObject({})

interface Facts {
  readonly host: HostFacts
  readonly loader: LoaderFacts
  readonly boot: BootFact
  readonly upgraded: UpgradedFact
  readonly remains: RemainsFact
}

const TOUCHES: readonly Resource[] = [
  ...entryTouches(true),
  'tree:/boot',
  `tree:${STATE}`,
  'tree:/etc/kernel/install.d',
]

/** What a finished upgrade leaves for good: its result. */
const KEPT = ['result.json', 'result', 'state.json']

export const cancelUpgradeTask = defineTask<z.infer<typeof args>, Facts, CancelSpec>({
  name: 'cancel_upgrade',
  summary:
    'Takes away everything that preparing an upgrade made: it disarms, removes boot entries and boot files, then plan, packages, container, image ' +
    'and state. Possible until the transaction starts; after that it refuses and says what to do instead.',
  args,
  exclusive: true,
  needsRoot: true,
  example: '- name: No upgrade after all\n  cancel_upgrade: {}\n',
  disruptive: () => ({
    does: 'removes all that was prepared: plan, packages, container, image, boot entry',
    undo: 'not at all; preparing the host again makes it anew',
  }),
  probes: () => ({
    host: hostProbe,
    loader: loaderProbe,
    boot: bootProbe,
    upgraded: upgradedProbe,
    remains: remainsProbe,
  }),
  mayTouch: () => TOUCHES,

  check({ facts }) {
    const { remains, boot, upgraded } = facts
    const done = upgraded.outcome === 'upgraded' && upgraded.to !== undefined
    const refusal = tooLate(facts, done)
    if (refusal) return refusal
    const chosen = chooseDriver(facts)
    const driver = 'none' in chosen ? undefined : chosen.driver
    const entries = driver?.ours(facts).map(({ name }) => name) ?? []
    const armed = driver?.oneShot(facts).kind === 'ours'
    const files = [...Object.keys(boot.files), ...boot.leftovers.map(({ name }) => name)]
    const state = remains.state.filter((name) => !(done && KEPT.includes(name)))
    const removed = [
      ...entries.map((name) => `boot entry ${name}`),
      ...(remains.recovery ? ['the recovery entry as the default'] : []),
      ...(remains.hooks ? ['hooks in /etc/kernel/install.d'] : []),
      ...files.map((name) => `/boot/${name}`),
      ...state.map((name) => `${STATE}/${name}`),
    ]
    if (removed.length === 0 && !armed) {
      const to = done ? `: the host was upgraded to ${upgraded.to} by run ${upgraded.run ?? 'unknown'}` : ''
      return { kind: 'ok', summary: `there is nothing to cancel${to}` }
    }
    const diff: Diff[] = [{ kind: 'items', title: 'of the upgrade', added: [], removed, changed: [] }]
    return {
      kind: 'change',
      summary: `cancels the upgrade: ${armed ? 'disarms, ' : ''}removes ${removed.length} things of its preparation`,
      diff,
      touches: TOUCHES,
      spec: { driver: driver?.kind, steering: steeringOf(facts), boot: files, state },
    }
  },

  compile: (spec) => ({
    script: cancelScript(spec),
    timeoutMs: 600_000,
    result: ({ code, stderr }): { msg?: string } =>
      code === 0 ? {} : { msg: stderr.trim().split('\n').at(-1) || `it could not be cancelled (exit code ${code})` },
  }),
})

/** Why it can't be cancelled any more, and what to do in its place. */
function tooLate({ remains, upgraded }: Facts, done: boolean): (Verdict<CancelSpec> & { kind: 'refuse' }) | undefined {
  if (remains.initramfs) {
    return {
      kind: 'refuse',
      reason: 'the upgrade is running: this is its initramfs',
      remedy:
        'Let it go on; upgrade-status on the host says how far it is. Where it waits after a failure, upgrade-resume continues it.',
    }
  }
  if (done && runsRelease(upgraded.release, upgraded.to as string) && !remains.changed) return undefined
  if (upgraded.outcome === 'first-boot' || upgraded.outcome === 'first-boot-failed') {
    return {
      kind: 'refuse',
      reason: `the transaction is complete and its first boot is not (${upgraded.outcome}): there is no way back`,
      remedy:
        'Mend what /var/log/upgrade-push names, then: systemctl restart upgrade-resume.service; the result is in result.json.',
    }
  }
  if (remains.changed) {
    return {
      kind: 'refuse',
      reason: 'packages were changed already: taking the upgrade away now would leave a half-replaced system',
      remedy:
        'Boot the recovery entry and run upgrade-resume there: it completes the transaction, or says why it can’t.',
    }
  }
  return undefined
}
