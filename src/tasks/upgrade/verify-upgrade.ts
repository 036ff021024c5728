import { z } from 'zod'
import { type CheckInput, defineTask, type Verdict } from '../contract.ts'
import { type VerifyFacts, verifyProbe } from './verify/facts.ts'
import { identityDeviations } from './verify/identity.ts'
import { kernelDeviations, leftovers, planDeviations } from './verify/packages.ts'
import { outcomeDeviations, remainDeviations, unitDeviations } from './verify/state.ts'

const unit = z.string().regex(/^[A-Za-z0-9@_][A-Za-z0-9:_.@\\-]*$/, 'must be the name of a unit')

const argsSchema = z.strictObject({
  release: z
    .union([z.string(), z.number()])
    .transform(String)
    .optional()
    .describe('Release that must run; `9` covers `9.4`. By default the one that the upgrade led to'),
  kernel: z
    .string()
    .optional()
    .describe('What `uname -r` must say. By default the newest kernel that the upgrade brought'),
  services: z.array(unit).default([]).describe('Units that must be active'),
  allow_leftovers: z
    .array(z.string().regex(/^[A-Za-z0-9*][A-Za-z0-9+_.*-]*$/, 'must be a package name, with * for any part of it'))
    .default([])
    .describe('Packages of the old release that are meant to stay: names, with `*`'),
})
type Args = z.infer<typeof argsSchema>

interface Facts {
  system: VerifyFacts | undefined
}

export const verifyUpgradeTask = defineTask<Args, Facts, never>({
  name: 'verify_upgrade',
  summary:
    'Verifies an upgraded host: release, kernel, boot, machine id and host keys, packages against the frozen plan, leftovers of the old ' +
    'release, failed units, services, and that nothing of the upgrade is left. Refuses with every deviation as a finding of its own.',
  args: argsSchema,
  needsRoot: true,
  example: '- name: Is the host as it should be\n  verify_upgrade:\n    release: "9"\n    services: [sshd.service]\n',
  probes: ({ services }) => ({ system: verifyProbe(services) }),
  mayTouch: () => [],
  check,
})

function check({ args, facts: { system } }: CheckInput<Args, Facts, undefined>): Verdict<never> {
  if (!system) {
    return {
      kind: 'refuse',
      reason: 'this host was not upgraded: there is no result.json',
      remedy: 'run reboot_upgrade first',
    }
  }
  const findings = [
    ...outcomeDeviations(system, args.release),
    ...identityDeviations(system),
    ...kernelDeviations(system, args.kernel),
    ...planDeviations(system),
    ...leftovers(system, args.allow_leftovers),
    ...unitDeviations(system, args.services),
    ...remainDeviations(system),
  ]
  const { sight } = system
  return {
    kind: 'ok',
    summary: `${sight.distribution} ${sight.release}, kernel ${sight.kernel}, ${system.packages.length} packages`,
    findings,
    result: {
      release: sight.release,
      kernel: sight.kernel,
      boot_id: sight.bootId,
      packages: system.packages.length,
      deviations: findings.flatMap(({ key, severity }) => (severity === 'info' ? [] : [key])),
    },
  }
}
