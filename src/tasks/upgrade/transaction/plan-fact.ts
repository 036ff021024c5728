import { z } from 'zod'
import type { CommandResult } from '../../../remote/types.ts'
import { type ManifestState, readManifest } from '../manifests.ts'

const count = z.number().int().nonnegative()

/** The first line of plan.json: everything but its items. Sizes in bytes. */
export const planHead = z.object({
  version: z.literal(1),
  inputs: z.object({
    container: z.string(),
    rpmdb: z.string(),
    transaction: z.string(),
    /** sha256 of each repository's repomd.xml that dnf resolved with. */
    pins: z.record(z.string(), z.string()),
  }),
  release: z.object({ from: z.string(), to: z.string() }),
  counts: z.object({
    install: count,
    upgrade: count,
    downgrade: count,
    reinstall: count,
    remove: count,
    obsoleted: count,
  }),
  downloadSize: count,
  space: z.array(z.object({ mount: z.string(), need: count, free: count })),
  /** Installed packages that the transaction leaves as they are. A plan that was frozen before this was written down has none. */
  stays: z.array(z.string()).default([]),
  /** `LIST NAME` of what was asked for and is nowhere. */
  missing: z.array(z.string()),
  dryRun: z.object({ passedAt: z.string() }).nullable(),
})
export type PlanHead = z.infer<typeof planHead>

/** A package that comes, goes or changes. */
export interface PlanItem {
  readonly action: string
  readonly nevra: string
  readonly replaces: readonly string[]
}

/** What there is of a plan on a host, and what one would be now. */
export interface PlanFact {
  /** There is a container to plan with. */
  readonly container: boolean
  readonly frozen: ManifestState<PlanHead>
  /** Why the frozen plan does not hold; empty when it does. */
  readonly reasons: readonly string[]
  /** The plan as it would be made now; absent when the frozen one holds. */
  readonly draft?: Draft | undefined
}

export type Draft =
  | { readonly kind: 'planned'; readonly head: PlanHead; readonly items: readonly PlanItem[] }
  /** dnf, or what looks after it, says no. `said`: its last lines. */
  | { readonly kind: 'refused'; readonly said: string }
  /** The container can't be shown the host without writing. */
  | { readonly kind: 'blind'; readonly why: string }

/** Reads what the probe printed: a word at the start of each line says what it is. Never throws. */
export function parsePlanFact({ stdout, stderr, truncated }: CommandResult): PlanFact {
  const lines = stdout.split('\n')
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  return {
    container: !lines.includes('none'),
    frozen: headOf(after('frozen')[0]),
    reasons: after('reason'),
    draft: draftOf(lines, after, stderr, truncated),
  }
}

/** The line ends where the items begin. */
function headOf(line: string | undefined): ManifestState<PlanHead> {
  return readManifest(planHead, line?.replace(/,\s*$/, '}'))
}

function draftOf(
  lines: readonly string[],
  after: (word: string) => string[],
  stderr: string,
  truncated: boolean,
): Draft | undefined {
  if (truncated) return { kind: 'blind', why: 'the plan is longer than an answer may be' }
  const code = after('code')[0]
  if (lines.includes('blind')) {
    const why = lines.filter((line) => line !== 'blind' && !/^(frozen|reason) /.test(line) && line !== '')
    return { kind: 'blind', why: [...why, stderr.trim()].filter((line) => line !== '').join('; ') }
  }
  if (code === undefined) return undefined
  const head = headOf(after('draft')[0])
  if (code !== '0') return { kind: 'refused', said: after('said').join('\n') }
  if (head.kind !== 'present') {
    return { kind: 'blind', why: `the plan can't be read${head.kind === 'unreadable' ? `: ${head.why}` : ''}` }
  }
  return { kind: 'planned', head: head.value, items: after('item').map(itemOf) }
}

function itemOf(line: string): PlanItem {
  const [action = '', nevra = '', ...replaces] = line.split(' ')
  return { action, nevra, replaces: replaces.join('').match(/[^",]+/g) ?? [] }
}
