import { z } from 'zod'

/**
 * Where a host is between the moment its upgrade is armed and the moment the new system is done with its first boot.
 * `offline` stands for everything from going down to the new system's answer on a host whose image nobody can log in to.
 */
export const PHASES = [
  'arming',
  'going-down',
  'offline',
  'initramfs-boot',
  'checks',
  'recovery',
  'transaction',
  'finish',
  'rebooting',
  'first-boot',
  'resume-service',
] as const
export type Phase = (typeof PHASES)[number]

/** How long each phase may take before the host counts as overdue, in seconds. */
const EXPECTED = {
  'going-down': 300,
  'initramfs-boot': 900,
  checks: 900,
  recovery: 300,
  transaction: 7200,
  finish: 3600,
  rebooting: 300,
  'first-boot': 1800,
  'resume-service': 1800,
} as const

const seconds = (phase: keyof typeof EXPECTED, what: string) =>
  z.number().positive().max(604_800).default(EXPECTED[phase]).describe(what)

export const timeoutsSchema = z
  .strictObject({
    'going-down': seconds('going-down', 'From the reboot being asked for to the old system being gone'),
    'initramfs-boot': seconds('initramfs-boot', 'Until the upgrade image answers and begins'),
    checks: seconds('checks', 'Checking the plan and every package before the first change'),
    recovery: seconds('recovery', 'Making the recovery entry the default'),
    transaction: seconds('transaction', 'Installing, upgrading and removing packages'),
    finish: seconds('finish', 'The final steps: initramfs, boot entry, relabelling, services, scripts'),
    rebooting: seconds('rebooting', 'From the end of the final steps to the image being gone'),
    'first-boot': seconds('first-boot', 'Until the new system answers; relabelling for SELinux is part of it'),
    'resume-service': seconds('resume-service', 'The steps of the first boot'),
  })
  .prefault({})
export type Timeouts = z.infer<typeof timeoutsSchema>

/** Seconds that a phase may take. Arming is a command with a bound of its own; what can't be watched has the time of all that it stands for. */
export function expected(phase: Phase, timeouts: Timeouts): number {
  if (phase === 'arming') return Number.POSITIVE_INFINITY
  if (phase !== 'offline') return timeouts[phase]
  const { 'going-down': _down, 'resume-service': _resume, ...unseen } = timeouts
  return Object.values(unseen).reduce((sum, each) => sum + each, 0)
}
