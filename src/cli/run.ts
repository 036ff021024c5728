import os from 'node:os'
import { UserError } from '../diagnostics/diagnostic.ts'
import { execute } from '../engine/executor.ts'
import { Interrupts } from '../engine/interrupts.ts'
import { Steering } from '../engine/steering.ts'
import { EventBus } from '../events/bus.ts'
import { emptyState, fold } from '../events/fold.ts'
import { HostLogs } from '../events/host-logs.ts'
import { Journal } from '../events/journal.ts'
import { EXIT, exitCodeOf, outcomeOf } from '../events/outcome.ts'
import { recap } from '../events/recap.ts'
import { Redactor } from '../events/redactor.ts'
import { newRunId } from '../events/run-id.ts'
import { makeRunDir } from '../events/state-dir.ts'
import type { Mode } from '../events/types.ts'
import { argv } from '../remote/quote.ts'
import type { Renderer } from '../render/output.ts'
import { SafeOutput } from '../render/safe-output.ts'
import { confirmation, termsOfRun } from './confirm/confirmation.ts'
import { isAttended, type Terms } from './confirm/terms.ts'
import { type Hosts, hostConnections, passphrases } from './connections.ts'
import { controllerPorts, executionOf, runStarted } from './execution.ts'
import { listing } from './listing.ts'
import { type LoadedRun, loadRun } from './load.ts'
import type { RunOptions } from './options.ts'
import { outputForm } from './output-form.ts'
import { recorded } from './recorded.ts'
import { openRehearsal } from './rehearsal/open.ts'
import { openRenderer } from './renderer.ts'
import { ControlServer } from './runs/control-server.ts'
import { recordedArgs } from './runs/recorded-args.ts'
import { pinned } from './runs/rerun.ts'
import { secretTexts } from './secret-vars.ts'
import { askRunSecrets, NO_SECRETS } from './secrets.ts'
import { onSignals } from './signals.ts'

/** Where a run's options come from: the words that were typed, or those of the run that is continued. */
export interface RunOrigin {
  readonly args: readonly string[]
  readonly resumes?: string | undefined
}

/** The main command: loads, runs, and says by its number how it ended. Throws UserError when nothing could start. */
export async function run(options: RunOptions, origin: RunOrigin): Promise<number> {
  const out = new SafeOutput(process.stdout)
  const loaded = await loadRun(options)
  if (options.syntaxCheck || options.listHosts || options.listTasks) {
    for (const warning of loaded.warnings) process.stderr.write(`warning: ${warning}\n`)
    if (options.listHosts || options.listTasks) {
      out.write(listing(loaded.playbooks, { hosts: options.listHosts, tasks: options.listTasks }))
    } else {
      for (const { playbook } of loaded.playbooks) out.write(`${playbook.path}: ok\n`)
    }
    await out.flush()
    return EXIT.done
  }
  if (loaded.playbooks.every(({ plays }) => plays.every(({ hosts }) => hosts.length === 0))) {
    throw new UserError({
      message: 'no host is left to work on',
      hint: 'the limit and the hosts of the plays have none in common',
    })
  }
  const terms = termsOfRun(options, loaded, isAttended(options))
  return runPlaybooks(options, loaded, terms, out, origin)
}

async function runPlaybooks(
  options: RunOptions,
  loaded: LoadedRun,
  terms: Terms,
  out: SafeOutput,
  origin: RunOrigin,
): Promise<number> {
  const form = outputForm(options, process)
  const rehearsal = options.rehearse ? await openRehearsal(options, loaded) : undefined
  const secrets = rehearsal ? NO_SECRETS : await askRunSecrets(options)
  const mode: Mode = options.check ? 'check' : 'apply'
  const redactor = new Redactor()
  for (const secret of [secrets.become, secrets.login]) if (secret !== undefined) redactor.add(secret)
  for (const secret of secretTexts(loaded.extraVars)) redactor.add(secret)
  const passphrase = passphrases((value) => void redactor.add(value))
  const confirmed = await confirmation(options, loaded, terms, { secrets, redactor, passphrase })
  const id = newRunId()
  const dir = makeRunDir(id)
  const bus = new EventBus({ run: id, redactor, ...rehearsal?.stamps })
  const interrupts = new Interrupts()
  const steering = new Steering(interrupts, { run: id, emit: (event) => void bus.emit(event) })
  const journal = new Journal(dir, {
    onError: (error) => interrupts.stop(error.diagnostics[0]?.message ?? error.message),
  })
  const logs = new HostLogs(`${dir}/hosts`)
  let state = emptyState()
  bus.add((event) => {
    state = fold(state, event)
  })
  bus.add(journal.sink)
  bus.add(logs.sink)
  const now = rehearsal?.now ?? (() => performance.now())
  const started = now()
  const beginning = bus.emit({
    ...runStarted(options, loaded, { mode, journal }),
    ...(rehearsal && { rehearsal: rehearsal.words, speed: rehearsal.speed }),
    command: { cwd: process.cwd(), args: recordedArgs(pinned(origin.args, loaded.rerun)) },
    resumes: origin.resumes,
    confirmed: confirmed?.event,
  })
  await recorded(journal)
  let closing: Renderer | undefined
  let control: ControlServer | undefined
  const stopListening = onSignals(interrupts, () => {
    control?.close()
    closing?.close()
    journal.close()
    logs.flush()
  })
  const typed = recordedArgs(origin.args)
  const reproduce = bus.redactor.text(argv(['upgrade-push', ...(rehearsal?.again(typed) ?? typed)]))
  const renderer = await openRenderer({
    options,
    form,
    out,
    rehearsal,
    control: steering.port,
    reproduce,
    resume: rehearsal ? undefined : `upgrade-push resume ${id}`,
  })
  closing = renderer
  renderer.sink(beginning)
  bus.add(renderer.sink)
  out.onClosed(() => {
    // A terminal that goes away hangs up too: both together mean one thing.
    if (interrupts.level === 0) interrupts.raise()
  })
  for (const message of loaded.warnings) bus.emit({ type: 'warning', message })
  const hosts: Hosts =
    rehearsal ??
    hostConnections(options, {
      run: id,
      user: os.userInfo().username,
      loginPassword: secrets.login,
      passphrase,
      secret: (value) => redactor.add(value),
      notice: (host, message) => void bus.emit({ type: 'warning', host, message }),
    })
  control = new ControlServer(dir, steering.port, (why) => {
    bus.emit({ type: 'warning', message: `this run takes no commands from other shells: ${why}` })
  })
  try {
    await execute({
      ...executionOf(options, loaded, { mode, becomePassword: secrets.become, ...confirmed?.heldTo }),
      ...hosts.hands(controllerPorts(options, loaded, { bus, journal })),
      interrupts,
      steering,
    })
    const shortfall = rehearsal?.shortfall()
    if (shortfall !== undefined) bus.emit({ type: 'warning', message: shortfall })
    const outcome = outcomeOf(state, { detailedExitcode: options.detailedExitcode, mode })
    const exitCode = exitCodeOf(outcome)
    bus.emit({
      type: 'run_finished',
      outcome,
      exitCode,
      recap: recap(state),
      ms: Math.round(now() - started),
    })
    // Nobody's connection is kept open while somebody looks at how it ended.
    await hosts.close()
    await renderer.ended
    return exitCode
  } finally {
    stopListening()
    control?.close()
    await hosts.close()
    renderer.close()
    logs.flush()
    journal.close()
    if (journal.error) process.stderr.write(`${journal.error.message}\n`)
    await out.flush()
  }
}
