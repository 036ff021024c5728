import { z } from 'zod'
import type { ValueMap } from '../../expression/values.ts'
import { defineTask, type Verdict } from '../contract.ts'
import {
  decideEntry,
  type EntryFacts,
  type EntryLocal,
  type EntrySpec,
  type EntryWish,
  entryFrame,
  entryProbes,
  entryTouches,
  loadEntry,
} from './arming.ts'
import { chooseDriver, steeringOf } from './loaders/choose.ts'
import { ENTRY_FILE, ENTRY_PATH } from './loaders/paths.ts'

const args = z
  .strictObject({
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('`absent` disarms and removes every entry of ours'),
    arm: z
      .boolean()
      .default(false)
      .describe(
        'Boot the entry at the next boot, once, which needs a frozen plan whose dry run passed. `false` means not armed: an armed host is disarmed',
      ),
    rehearsal: z
      .boolean()
      .default(false)
      .describe(
        'With `arm`: that boot mounts everything, brings up the network and comes back; it changes no package and needs no plan',
      ),
    run: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits and . _ - only, at most 64')
      .optional()
      .describe(
        'Name of this attempt, found again in its result. By default made from image, plan and the boot in which it is armed',
      ),
  })
  .refine(({ arm, rehearsal }) => arm || !rehearsal, { message: 'only with arm: true', path: ['rehearsal'] })
type Args = z.infer<typeof args>

export const bootEntryTask = defineTask<Args, EntryFacts, EntrySpec, EntryLocal>({
  name: 'boot_entry',
  summary:
    'Adds, corrects or removes exactly one boot entry of ours beside the untouched default, and arms it for one boot when asked. ' +
    'Steers systemd-boot, GRUB with BLS entries, and GRUB through grubby.',
  args,
  exclusive: true,
  needsRoot: true,
  example: '- name: Boot entry of the upgrade\n  boot_entry:\n    arm: false\n',

  disruptive({ plain: { state, arm = false, rehearsal }, templated }) {
    if (state === 'absent' || (arm === false && !templated.includes('arm'))) return undefined
    return {
      does:
        rehearsal === true
          ? 'the next boot is a rehearsal in the upgrade image'
          : 'the next boot, whoever asks for it, is the upgrade',
      undo: 'until that boot by boot_entry with arm: false, or by playbooks/cancel.yml',
    }
  },

  load: (_, files) => loadEntry(files),

  probes: (wanted) => entryProbes(wishOf(wanted)),

  mayTouch: () => entryTouches(true),

  check({ args: wanted, facts, given, local }) {
    if (wanted.state === 'absent') return absent(facts)
    const decision = decideEntry(facts, given, wishOf(wanted), local)
    if (decision.kind === 'refuse') return decision
    if (decision.kind === 'ok') {
      return { ...decision, summary: `the entry is there, ${wanted.arm ? 'armed for the next boot' : 'not armed'}` }
    }
    return decision
  },

  compile: entryFrame,
})

function wishOf({ state, arm, rehearsal, run }: Args): EntryWish {
  return state === 'present' && arm ? { arm, rehearsal, run } : { arm: false }
}

function absent(facts: EntryFacts): Verdict<EntrySpec> {
  const chosen = chooseDriver(facts)
  const driver = 'none' in chosen ? undefined : chosen.driver
  const ours = driver?.ours(facts) ?? []
  const isArmed = driver?.oneShot(facts).kind === 'ours'
  const result: ValueMap = { armed: false }
  if (!driver || (ours.length === 0 && !isArmed && facts.plan.steer === undefined)) {
    return { kind: 'ok', summary: 'there is no entry of ours', result }
  }
  return {
    kind: 'change',
    summary: `${driver.label}: removes ${ours.map(({ name }) => name).join(', ') || 'nothing'}${isArmed ? ' and disarms' : ''}`,
    diff: ours.map(({ name, text }) => ({
      kind: 'text',
      path: name.startsWith('/') ? name : ENTRY_PATH.replace(ENTRY_FILE, name),
      before: text,
      after: '',
    })),
    touches: entryTouches(true),
    result,
    spec: { driver: driver.kind, steering: steeringOf(facts), remove: true },
  }
}
