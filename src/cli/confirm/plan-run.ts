import os from 'node:os'
import { execute } from '../../engine/executor.ts'
import { Forecast } from '../../engine/forecast.ts'
import { Interrupts } from '../../engine/interrupts.ts'
import { Steering } from '../../engine/steering.ts'
import { EventBus } from '../../events/bus.ts'
import { emptyState, fold } from '../../events/fold.ts'
import { HostLogs } from '../../events/host-logs.ts'
import { Journal } from '../../events/journal.ts'
import { exitCodeOf, outcomeOf } from '../../events/outcome.ts'
import { recap } from '../../events/recap.ts'
import type { Redactor } from '../../events/redactor.ts'
import { newRunId } from '../../events/run-id.ts'
import { makeRunDir } from '../../events/state-dir.ts'
import { hostConnections } from '../connections.ts'
import { controllerPorts, executionOf, runStarted } from '../execution.ts'
import type { LoadedRun } from '../load.ts'
import type { RunOptions } from '../options.ts'
import { AbortedAtPrompt } from '../prompt.ts'
import { recorded } from '../recorded.ts'
import type { RunSecrets } from '../secrets.ts'
import { onSignals } from '../signals.ts'
import type { CheckProgress } from './check-progress.ts'
import { SeenPlan } from './seen-plan.ts'

/** What the check and the apply after it share. */
export interface Shared {
  readonly secrets: RunSecrets
  readonly redactor: Redactor
  readonly passphrase: (path: string) => Promise<string | undefined>
}

/** A plan as it was seen, with the run that made it. */
export interface Plan {
  readonly seen: SeenPlan
  readonly forecast: Forecast
  readonly run: string
  readonly journal: string
  /** How the check ended. */
  readonly exitCode: number
}

/**
 * Makes the plan of an apply: a check of the same playbooks, hosts and options, over connections that can only read, with a journal of its
 * own. Throws AbortedAtPrompt when it is interrupted.
 */
export async function makePlan(
  options: RunOptions,
  loaded: LoadedRun,
  { secrets, redactor, passphrase }: Shared,
  progress: CheckProgress,
): Promise<Plan> {
  const started = performance.now()
  const run = newRunId()
  const dir = makeRunDir(run)
  const bus = new EventBus({ run, redactor })
  const interrupts = new Interrupts()
  const journal = new Journal(dir, {
    onError: (error) => interrupts.stop(error.diagnostics[0]?.message ?? error.message),
  })
  const logs = new HostLogs(`${dir}/hosts`)
  const forecast = new Forecast()
  const seen = new SeenPlan(forecast, loaded.playbooks)
  let state = emptyState()
  let exitCode: number
  bus.add((event) => {
    state = fold(state, event)
  })
  for (const sink of [journal.sink, logs.sink]) bus.add(sink)
  const shown: RunOptions = { ...options, diff: true }
  bus.emit(runStarted(shown, loaded, { mode: 'check', journal }))
  await recorded(journal)
  for (const sink of [seen.sink, progress.sink]) bus.add(sink)
  for (const message of loaded.warnings) bus.emit({ type: 'warning', message })
  const connections = hostConnections(options, {
    run,
    user: os.userInfo().username,
    loginPassword: secrets.login,
    passphrase,
    secret: (value) => redactor.add(value),
    notice: (host, message) => void bus.emit({ type: 'warning', host, message }),
  })
  const stopListening = onSignals(interrupts, () => {
    progress.close()
    journal.close()
    logs.flush()
  })
  try {
    await execute({
      ...executionOf(shown, loaded, { mode: 'check', becomePassword: secrets.become, forecast }),
      ...connections.hands(controllerPorts(options, loaded, { bus, journal })),
      interrupts,
      steering: new Steering(interrupts, { run, emit: (event) => void bus.emit(event) }),
    })
    const outcome = outcomeOf(state, { detailedExitcode: false, mode: 'check' })
    const ms = Math.round(performance.now() - started)
    exitCode = exitCodeOf(outcome)
    bus.emit({ type: 'run_finished', outcome, exitCode, recap: recap(state), ms })
  } finally {
    stopListening()
    await connections.close()
    progress.close()
    logs.flush()
    journal.close()
  }
  if (journal.error) throw journal.error
  if (interrupts.level > 0) throw new AbortedAtPrompt('aborted while the plan was made: nothing was changed')
  return { seen, forecast, run, journal: journal.path, exitCode }
}
