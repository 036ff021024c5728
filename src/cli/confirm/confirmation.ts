import { join } from 'node:path'
import type { EngineOptions } from '../../engine/ports.ts'
import { runsDir, stateDir } from '../../events/state-dir.ts'
import type { EventBody } from '../../events/types.ts'
import { visible } from '../../events/visible.ts'
import { type DisruptiveStep, disruptiveSteps } from '../../plan/disruptive.ts'
import { painter, wantsColor } from '../../render/color.ts'
import { SafeOutput } from '../../render/safe-output.ts'
import type { LoadedRun } from '../load.ts'
import type { RunOptions } from '../options.ts'
import { AbortedAtPrompt, askLine } from '../prompt.ts'
import { UpgradeFiles } from '../upgrade-memory.ts'
import { CheckProgress } from './check-progress.ts'
import { type Duration, pastDurations } from './durations.ts'
import { isAt } from './host-plan.ts'
import { requirePlan } from './no-plan.ts'
import { makePlan, type Plan, type Shared } from './plan-run.ts'
import { planLines } from './plan-text.ts'
import { refusal, type Terms, termsOf } from './terms.ts'
import { estimateTime } from './time.ts'

/** What an apply is held to and how long its tasks usually take, and the check that it was confirmed by. */
export interface Confirmed {
  readonly heldTo: Pick<EngineOptions, 'forecast' | 'usual'>
  readonly event: NonNullable<Extract<EventBody, { type: 'run_started' }>['confirmed']>
}

/** Decides what comes before the run, as far as that can be told before anybody is asked for a password. Throws UserError. */
export function termsOfRun(options: RunOptions, loaded: LoadedRun, attended: boolean): Terms {
  const disruptive = disruptiveSteps(loaded.playbooks, loaded.extraVars)
  return termsOf({ ...options, disruptive, attended, allUnderWay: allUnderWay(loaded) })
}

/**
 * Shows the plan of an apply and asks, on standard error, whose reader is a person whatever becomes of the output. Undefined where nothing
 * has to be confirmed. Throws AbortedAtPrompt for any answer but yes, NoPlan where there is nothing to ask about: nothing was changed then.
 */
export async function confirmation(
  options: RunOptions,
  loaded: LoadedRun,
  terms: Terms,
  shared: Shared,
): Promise<Confirmed | undefined> {
  const out = new SafeOutput(process.stderr)
  const disruptive = disruptiveSteps(loaded.playbooks, loaded.extraVars)
  if (terms === 'at once') {
    if (options.yes && !options.check && !options.rehearse && disruptive.length > 0)
      out.write(`${unasked(disruptive)}\n`)
    return undefined
  }
  const hosts = new Set(loaded.playbooks.flatMap(({ plays }) => plays.flatMap((play) => play.hosts)))
  const plan = await makePlan(options, loaded, shared, new CheckProgress(out, hosts.size))
  const plans = [...plan.seen.hosts.values()]
  const alarming = plans.flatMap(({ pending }) => pending).filter((step) => disruptive.some((one) => isAt(one, step)))
  const usual = await pastDurations(runsDir())
  if (terms === 'only watching') {
    if (alarming.length > 0) throw refusal(disruptive)
  } else {
    out.write(`${planLines(viewOf(options, loaded, plan, { disruptive, usual, out })).join('\n')}\n`)
    requirePlan(plan.seen, plan.exitCode)
    const changed = plans.filter(({ pending }) => pending.length > 0)
    const asks = options.confirm ? changed.length > 0 : alarming.length > 0
    if (!asks) out.write('Nothing is to be confirmed, going on.\n')
    else if (terms === 'show') out.write('--yes: not asked, going on.\n')
    else await ask(changed.length)
  }
  return { heldTo: { forecast: plan.forecast, usual }, event: { run: plan.run, at: new Date().toISOString() } }
}

async function ask(hosts: number): Promise<void> {
  const answer = await askLine(`Apply to ${hosts} ${hosts === 1 ? 'host' : 'hosts'}? Type yes`)
  if (answer.trim() !== 'yes') throw new AbortedAtPrompt('aborted, as the answer was not yes: nothing was changed')
}

function viewOf(
  options: RunOptions,
  { playbooks }: LoadedRun,
  { seen, journal }: Plan,
  known: { disruptive: readonly DisruptiveStep[]; usual: ReadonlyMap<string, Duration>; out: SafeOutput },
) {
  const { disruptive, usual, out } = known
  const time = estimateTime(seen.hosts, playbooks, usual, options.forks)
  const paint = painter(wantsColor(out, process.env))
  return { playbooks, seen, disruptive, time, journal, forks: options.forks, diff: options.diff, paint }
}

function unasked(disruptive: readonly DisruptiveStep[]): string {
  const what = [...new Set(disruptive.map(({ task, does }) => `${task} ${does}`))].join('; ')
  return visible(`--yes: nothing is asked, and there is no plan that hosts are held to: ${what}`)
}

/** A record that can't be read is told by the run itself. */
function allUnderWay({ playbooks }: LoadedRun): boolean {
  const upgrades = new UpgradeFiles(join(stateDir(), 'hosts'))
  const hosts = playbooks.flatMap(({ plays }) => plays.flatMap((play) => play.hosts))
  try {
    return hosts.every((host) => upgrades.recall(host) !== undefined)
  } catch {
    return false
  }
}
