import type { PlannedPlay } from '../plan/plan.ts'
import { BatchRun } from './batch-run.ts'
import type { HostTurn } from './driver-input.ts'
import type { Driving } from './driving.ts'
import type { HostRun } from './host-run.ts'
import type { PlayContext } from './play-context.ts'
import type { Roster } from './roster.ts'
import type { Steering } from './steering.ts'

export interface PlayRun extends Omit<HostTurn, 'run' | 'batch' | 'context'>, Pick<Driving, 'driverOf' | 'reopen'> {
  /** Every host that the run knows, those that this play leaves alone too: one may read another's variables. */
  readonly runs: () => Iterable<HostRun>
  readonly planned: PlannedPlay
  readonly context: PlayContext
  readonly steering: Steering
  readonly roster: Roster
}

/** Runs one play, batch by batch. Resolves to false when a brake or the operator stopped the run. */
export async function runPlay(input: PlayRun): Promise<boolean> {
  const { planned, context, ports, interrupts, steering } = input
  const { play } = planned
  for (const run of input.runs()) context.tellSecrets(run)
  ports.emit({
    type: 'play_started',
    play: planned.index,
    name: context.display(play.name) ?? String(context.display(play.hosts)),
    hosts: planned.hosts,
    batches: planned.batches.length,
    steps: planned.steps.map(({ node, plugin }) => {
      // What a `shell` of another playbook took says nothing.
      const usual = plugin.freeForm === undefined ? input.options.usual?.get(node.task) : undefined
      const name = context.display(node.name) ?? node.task
      return { name, task: node.task, ...(usual && { usual: { low: usual.low, high: usual.high } }) }
    }),
    ...(play.maxFailPercentage === undefined ? {} : { maxFailPercentage: play.maxFailPercentage }),
    ...(play.anyErrorsFatal ? { anyErrorsFatal: true } : {}),
  })
  for (const [batch, hosts] of planned.batches.entries()) {
    const active = () => hosts.map((host) => input.runOf(host)).filter((run) => run.state === 'active')
    if (interrupts.draining) return false
    if (active().length === 0) continue
    await steering.beforeBatch()
    if (interrupts.draining) return false
    // While the run was paused the operator may have left some out.
    const runs = active()
    if (runs.length > 0 && !(await runBatch(input, batch, runs))) return false
  }
  return !interrupts.draining
}

async function runBatch(input: PlayRun, batch: number, runs: readonly HostRun[]): Promise<boolean> {
  const { planned, ports, roster } = input
  const run = new BatchRun(input, batch, runs)
  const where = { play: planned.index, batch }
  roster.began(run)
  ports.emit({ type: 'batch_started', ...where, of: planned.batches.length, hosts: runs.map(({ name }) => name) })
  const goOn = await run.run()
  for (const one of runs) one.forget()
  ports.emit({ type: 'batch_finished', ...where })
  return goOn
}
