import os from 'node:os'
import { z } from 'zod'
import { UserError } from '../../diagnostics/diagnostic.ts'
import { journalEnds } from '../../events/journal-ends.ts'
import type { Counts, Mode, Outcome, RunEvent } from '../../events/types.ts'
import { isGone } from '../../remote/lock/holder.ts'
import { journalOf } from './run-files.ts'
import { startOf } from './run-time.ts'

/** Hosts by how they ended; each is counted once. */
export interface HostTally {
  readonly ok: number
  readonly changed: number
  readonly failed: number
  readonly unreachable: number
  /** Nothing went wrong on them, and they did not get to the end of their play. */
  readonly stopped: number
  readonly notBegun: number
  /** The operator took them out before their last step. */
  readonly leftOut: number
}

/** running: its process lives. cut off: it ended without an end in the journal. elsewhere: another controller drives it, or did. */
export type RunCondition = Outcome | 'running' | 'cut off' | 'elsewhere' | 'unreadable'

export interface RunSummary {
  readonly run: string
  readonly condition: RunCondition
  readonly started?: string | undefined
  /** Up to now, or up to the last event, where the run has no end; of a rehearsal the time of its hosts. */
  readonly ms?: number | undefined
  readonly mode?: Mode | undefined
  readonly rehearsal?: string | undefined
  /** How many times as fast as real hosts those of a rehearsal go. */
  readonly speed?: number | undefined
  readonly playbooks: readonly string[]
  readonly hosts?: number | undefined
  readonly tally?: HostTally | undefined
  readonly controller?: string | undefined
  readonly command?: { readonly cwd: string; readonly args: readonly string[] } | undefined
  readonly resumes?: string | undefined
  /** Why it is unreadable. */
  readonly problem?: string | undefined
}

const started = z.object({
  type: z.literal('run_started'),
  t: z.string(),
  mode: z.enum(['check', 'apply']),
  playbooks: z.array(z.string()),
  hosts: z.number(),
  controller: z.string(),
  rehearsal: z.string().optional(),
  speed: z.number().optional(),
  command: z.object({ cwd: z.string(), args: z.array(z.string()) }).optional(),
  process: z.object({ bootId: z.string(), pid: z.number(), startTime: z.string() }).optional(),
  resumes: z.string().optional(),
})

/** What a run's journal says at its two ends. Never throws for what is in it: a run that can't be read is told as such. */
export function summarise(run: string, now: number = Date.now()): RunSummary {
  try {
    const { first, last } = journalEnds(journalOf(run))
    if (first === undefined || last === undefined) {
      return { run, condition: 'cut off', playbooks: [], problem: 'it ended before it wrote anything' }
    }
    return summaryOf(run, first, last, now)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { run, condition: 'unreadable', playbooks: [], problem: error.diagnostics[0]?.message }
  }
}

function summaryOf(run: string, first: RunEvent, last: RunEvent, now: number): RunSummary {
  const parsed = started.safeParse(first)
  if (!parsed.success) {
    return { run, condition: 'unreadable', playbooks: [], problem: `${journalOf(run)} does not begin with a run` }
  }
  const { t, process, type: _, ...head } = parsed.data
  const rehearsed = head.rehearsal !== undefined
  const common = { run, started: rehearsed ? startOf(run) : t, ...head }
  if (last.type === 'run_finished') {
    return { ...common, condition: last.outcome, ms: last.ms, tally: tallyOf(last.recap) }
  }
  const condition = unfinished(head.controller, process)
  const until = condition === 'running' && !rehearsed ? now : Date.parse(last.t)
  return { ...common, condition, ms: until - Date.parse(t) }
}

function unfinished(
  controller: string,
  process: { bootId: string; pid: number; startTime: string } | undefined,
): RunCondition {
  if (controller !== os.hostname()) return 'elsewhere'
  return process === undefined || isGone(process) ? 'cut off' : 'running'
}

/** An overdue host counts as failed, as it does for the exit code and for `--rerun failed`. */
export function tallyOf(recap: { readonly [host: string]: Counts }): HostTally {
  const tally = { ok: 0, changed: 0, failed: 0, unreachable: 0, stopped: 0, notBegun: 0, leftOut: 0 }
  for (const counts of Object.values(recap)) {
    if (counts.unreachable > 0) tally.unreachable++
    else if (counts.failed > 0 || (counts.overdue ?? 0) > 0) tally.failed++
    else if ((counts.leftOut ?? 0) > 0) tally.leftOut++
    else if ((counts.stopped ?? 0) > 0) tally.stopped++
    else if ((counts.notBegun ?? 0) > 0) tally.notBegun++
    else if (counts.changed > 0) tally.changed++
    else tally.ok++
  }
  return tally
}
