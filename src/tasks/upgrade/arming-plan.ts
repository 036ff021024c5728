import { z } from 'zod'
import type { CommandResult } from '../../remote/types.ts'
import type { Probe } from '../contract.ts'
import { RPMDB_DIGEST } from './container/probe.ts'
import { TaggedLines } from './host/tagged-lines.ts'
import { HOST, STATE } from './layout.ts'
import { type ManifestState, readManifest } from './manifests.ts'

/** The first line of plan.json: everything but its items. */
const planHead = z.object({
  version: z.literal(1),
  inputs: z.object({ container: z.string(), rpmdb: z.string() }),
  release: z.object({ from: z.string(), to: z.string() }),
  dryRun: z.object({ passedAt: z.string() }).nullish(),
})
export type PlanHead = z.infer<typeof planHead>

export interface PlanFacts {
  readonly head: ManifestState<PlanHead>
  /** sha256 of plan.sums: what the plan is called everywhere. */
  readonly digest?: string | undefined
  /** Files that are not as plan.sums and plan.json say, each as a sentence; at most 20. */
  readonly wrong: readonly string[]
  /** Digest of the host's RPM database now. */
  readonly rpmdb?: string | undefined
  /** sha256 of the script that steers the loader. */
  readonly steer?: string | undefined
}

const STEER = `[ ! -f ${HOST.steer} ] || printf '@steer\\t%s\\n' "$(sha256sum <${HOST.steer} | cut -c1-64)"`

/**
 * The frozen plan against what lies on the disk. Of packages names and sizes are compared: their content is checked in the initramfs,
 * before the first of them is used; that of everything else at once.
 */
export const planProbe: Probe<PlanFacts> = {
  id: 'upgrade-push/plan',
  script: `${RPMDB_DIGEST}
${STEER}
cd ${STATE} 2>/dev/null || exit 0
[ -f plan.sums ] || exit 0
printf '@plan\\t%s\\n' "$(sha256sum <plan.sums | cut -c1-64)"
printf '@rpmdb\\t%s\\n' "$(rpmdb_digest '')"
[ ! -f plan.json ] || printf '@head\\t%s\\n' "$(head -n 1 plan.json)"
{
  {
    sed 's/^[0-9a-f]*  /listed\\t/' plan.sums
    sed -n 's/.*"file":"\\([^"]*\\)".*"size":\\([0-9][0-9]*\\).*/size\\tpackages\\/\\1\\t\\2/p' plan.json
    find packages finish ! -type d -printf 'there\\t%p\\t%s\\n'
  } | awk -F '\\t' '
    $1 == "listed" { listed[$2] = 1 }
    $1 == "size" { size[$2] = $3 }
    $1 == "there" { there[$2] = 1 }
    $1 == "there" && !($2 in listed) { print $2 " is not part of the plan" }
    $1 == "there" && $2 in size && size[$2] != $3 { print $2 " has " $3 " bytes, the plan says " size[$2] }
    END { for (file in listed) if (file ~ /^packages\\// && !(file in there)) print file " is missing" }'
  grep -v '^[0-9a-f]*  packages/' plan.sums | sha256sum -c --quiet 2>/dev/null |
    sed -e 's/: FAILED open or read$/ is missing/' -e 's/: FAILED$/ is not what was frozen/'
} 2>/dev/null | sort | head -n 20 | while IFS= read -r line; do printf '@wrong\\t%s\\n' "$line"; done
:`,
  reads: [
    `path:${STATE}/plan.sums`,
    `path:${STATE}/plan.json`,
    `path:${STATE}/transaction.json`,
    `path:${STATE}/transaction.sh`,
    `tree:${STATE}/packages`,
    `tree:${STATE}/finish`,
    `path:${HOST.steer}`,
    'tree:/var/lib/rpm',
    'tree:/usr/lib/sysimage/rpm',
  ],
  parse: parsePlanFacts,
}

/** Where no plan is needed, only what must be known to disarm. */
export const noPlanProbe: Probe<PlanFacts> = {
  id: 'upgrade-push/plan/none',
  script: `${STEER}\n:`,
  reads: [`path:${HOST.steer}`],
  parse: parsePlanFacts,
}

function parsePlanFacts({ stdout }: CommandResult): PlanFacts {
  const output = new TaggedLines(stdout)
  const field = (tag: string) => output.tagged(tag)[0]?.join('\t')
  return {
    // The line ends where the items begin.
    head: readManifest(planHead, field('head')?.replace(/,\s*$/, '}')),
    digest: field('plan'),
    wrong: output.tagged('wrong').map((fields) => fields.join(' ')),
    rpmdb: field('rpmdb'),
    steer: field('steer'),
  }
}

/** The digest of the plan that may be armed, or everything that does not match. */
export function armablePlan(
  facts: PlanFacts,
  wanted: { readonly container: string; readonly release: string },
): { digest: string } | { why: readonly string[] } {
  if (facts.digest === undefined) return { why: [`there is no frozen plan: ${STATE}/plan.sums is missing`] }
  if (facts.head.kind === 'absent') return { why: [`${STATE}/plan.json is missing`] }
  if (facts.head.kind === 'unreadable') return { why: [`${STATE}/plan.json can't be read: ${facts.head.why}`] }
  const { inputs, release, dryRun } = facts.head.value
  const why = [
    ...(dryRun ? [] : ['its dry run did not pass yet']),
    ...(release.to === wanted.release ? [] : [`it leads to release ${release.to}, ${wanted.release} is asked for`]),
    ...(inputs.container === wanted.container
      ? []
      : [
          `it was made in container ${short(inputs.container)}, the image was built in container ${short(wanted.container)}`,
        ]),
    ...(inputs.rpmdb === facts.rpmdb
      ? []
      : [
          `packages of the host changed since: its RPM database is ${short(facts.rpmdb ?? '')}, the plan is for ${short(inputs.rpmdb)}`,
        ]),
    ...facts.wrong,
  ]
  return why.length > 0 ? { why } : { digest: facts.digest }
}

function short(digest: string): string {
  return `${digest.slice(0, 12)}…`
}
