import { z } from 'zod'
import { defineTask } from '../contract.ts'
import type { HostFacts } from './host/facts.ts'
import { hostProbe } from './host/host-probe.ts'
import { chooseDriver } from './loaders/choose.ts'
import { type LoaderFacts, loaderProbe } from './loaders/facts.ts'
import { type LockFacts, lockProbe } from './preflight/lock-probe.ts'
import { findingsOf } from './preflight/rules.ts'
import type { Situation } from './preflight/situation.ts'
import { spaceFigures } from './preflight/space.ts'
import { type SpaceFacts, spaceProbe } from './preflight/space-probe.ts'
import { distributionOf } from './rules/distributions.ts'
import { type BegunFacts, begunProbe } from './unless-half-replaced.ts'

const mib = z.number().int().nonnegative()

const args = z.strictObject({
  target_release: z.string().min(1).describe('Release to upgrade to, such as "9"'),
  upgrade_paths: z
    .record(z.string(), z.record(z.string(), z.array(z.string())))
    .optional()
    .describe('Further supported pairs: os-release ID -> major release -> list of major releases'),
  boot_mib: mib
    .optional()
    .describe(
      'MiB that kernels and images of the upgrade and of the new system need in /boot, in place of the estimate',
    ),
  container_mib: mib.optional().describe('MiB that the container needs under /var/lib, in place of the estimate'),
  packages_mib: mib
    .optional()
    .describe('MiB that the packages of the transaction need there, in place of the estimate'),
  memory_mib: mib.optional().describe('MiB of memory that the upgrade needs, in place of the distribution’s figure'),
})
type Args = z.infer<typeof args>

interface Facts {
  host: HostFacts
  loader: LoaderFacts
  space: SpaceFacts
  lock: LockFacts
  begun: BegunFacts
}

export const preflightTask = defineTask<Args, Facts, never>({
  name: 'preflight',
  summary:
    'Looks at everything that could keep the host from being upgraded and reports each finding with its cause, figures and remedy. ' +
    'An inhibitor refuses the host unless the operator accepts it by its key in `accept_findings`.',
  args,
  // Holding the lock from here on: what was found must still be true when it is acted on.
  exclusive: true,
  needsRoot: true,
  example: '- name: May this host be upgraded?\n  preflight:\n    target_release: "9"\n',

  probes: () => ({ host: hostProbe, loader: loaderProbe, space: spaceProbe, lock: lockProbe, begun: begunProbe }),

  mayTouch: () => [],

  check({ args: wanted, facts, mode }) {
    const { host, loader, space } = facts
    const distribution = distributionOf(host.os.id)
    const situation: Situation = {
      host,
      loader,
      space,
      // In apply mode the lock that is seen is this run's own.
      lock: mode === 'apply' ? {} : facts.lock,
      begun: facts.begun,
      distribution,
      targetRelease: wanted.target_release,
      paths: { ...distribution?.paths, ...wanted.upgrade_paths?.[host.os.id] },
      needs: {
        boot: wanted.boot_mib,
        container: wanted.container_mib,
        packages: wanted.packages_mib,
        memory: wanted.memory_mib,
      },
    }
    const findings = findingsOf(situation)
    const chosen = chooseDriver({ host, loader })
    const { boot, state } = space.fileSystems
    return {
      kind: 'ok',
      summary:
        `${host.os.name}, kernel ${host.kernel} on ${host.arch}, ${host.firmware}, ${'none' in chosen ? 'no known loader' : chosen.driver.label}; ` +
        `free: /boot ${boot.freeMib} MiB, ${state.path} ${state.freeMib} MiB; memory ${host.memoryMib} MiB`,
      findings,
      provides: { host_facts: host },
      result: {
        findings: findings.map(({ key, severity }) => ({ key, severity })),
        os: host.os,
        arch: host.arch,
        firmware: host.firmware,
        loader: 'none' in chosen ? 'none' : chosen.driver.kind,
        space: spaceFigures(situation),
      },
    }
  },
})
