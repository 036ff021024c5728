import { z } from 'zod'
import type { CheckInput, Probe, Task, Verdict } from '../contract.ts'
import { TaggedLines } from './host/tagged-lines.ts'
import { HOST } from './layout.ts'
import { readManifest } from './manifests.ts'
import type { MergedRequest } from './request.ts'

const resultSchema = z.object({
  outcome: z.string(),
  run: z.string().nullish(),
  release: z.object({ to: z.string() }).nullish(),
  finished_at: z.string().nullish(),
})

/** What the last upgrade left, the release that runs, and the one that a preparation on the host leads to. */
export interface UpgradedFact {
  readonly outcome?: string | undefined
  /** Release that the last upgrade led to. */
  readonly to?: string | undefined
  readonly run?: string | undefined
  readonly finishedAt?: string | undefined
  /** VERSION_ID of /etc/os-release. */
  readonly release: string
  /** Of the merged request on the host: an upgrade that succeeded takes its own away. */
  readonly prepared?: string | undefined
}

export const upgradedProbe: Probe<UpgradedFact> = {
  id: 'upgrade-push/upgraded',
  script: `grep -a -s -H '' ${HOST.result}
printf '@release\\t%s\\n' "$(. /etc/os-release 2>/dev/null; printf %s "\${VERSION_ID-}")"
sed -n 's/.*"targetRelease": *"\\([^"]*\\)".*/@prepared\\t\\1/p' ${HOST.request} 2>/dev/null
:`,
  // The request is not among them: one that this run merges comes before the host's (see given-request.ts).
  reads: [`path:${HOST.result}`, 'path:/etc/os-release'],
  parse({ stdout }) {
    const output = new TaggedLines(stdout)
    const read = readManifest(resultSchema, output.lines(HOST.result)?.join('\n'))
    const result = read.kind === 'present' ? read.value : undefined
    return {
      outcome: result?.outcome,
      to: result?.release?.to,
      run: result?.run ?? undefined,
      finishedAt: result?.finished_at ?? undefined,
      release: output.tagged('release')[0]?.[0] ?? '',
      prepared: output.tagged('prepared')[0]?.[0],
    }
  },
}

/** Whether a host with `versionId` in its os-release runs a release as playbooks name it: `9` is any 9.x, `9.4` that one. */
export function runsRelease(versionId: string, release: string): boolean {
  return versionId === release || versionId.startsWith(`${release}.`)
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the task, its own functions know its types
type AnyTask = Task<any, any, any, any>

const FACT = 'already upgraded'

/** The transaction is complete; only first boot and resume service may be to come, which `reboot_upgrade` waits for. */
const COMPLETE = ['upgraded', 'first-boot', 'first-boot-failed']

/** The task, but `ok` on a host that was upgraded to the release in question and runs it: to prepare or arm there would begin anew. */
export function unlessUpgraded(task: AnyTask): AnyTask {
  return {
    ...task,
    probes: (args, local) => ({ ...task.probes(args, local), [FACT]: upgradedProbe }),
    check(input) {
      const { [FACT]: fact, ...facts } = input.facts as { readonly [FACT]: UpgradedFact }
      return alreadyUpgraded(fact, input) ?? task.check({ ...input, facts })
    },
  }
}

function alreadyUpgraded(
  fact: UpgradedFact,
  { args, given }: CheckInput<unknown, unknown, unknown>,
): Verdict<never> | undefined {
  const { state, target_release, release } = args as { [name in 'state' | 'target_release' | 'release']?: string }
  // What is to be taken away is taken away.
  if (state === 'absent' || !COMPLETE.includes(fact.outcome ?? '') || fact.to === undefined) return undefined
  const merged = given.request as MergedRequest | undefined
  const asked = target_release ?? release ?? merged?.targetRelease ?? fact.prepared ?? fact.to
  if (asked !== fact.to || !runsRelease(fact.release, fact.to)) return undefined
  const run = fact.run ?? 'unknown'
  return {
    kind: 'ok',
    summary:
      fact.outcome === 'upgraded'
        ? `upgraded to ${fact.to} by run ${run} on ${fact.finishedAt ?? 'an unknown date'}`
        : `runs ${fact.to} since run ${run}, whose first boot is not done (${fact.outcome})`,
    result: { upgraded: fact.outcome === 'upgraded', release: fact.to, run },
  }
}
