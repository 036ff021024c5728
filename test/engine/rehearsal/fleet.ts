import { existsSync } from 'node:fs'
import path from 'node:path'
import { execute } from '../../../src/engine/executor.ts'
import { Interrupts } from '../../../src/engine/interrupts.ts'
import { BUILT_IN } from '../../../src/engine/rehearsal/built-in.ts'
import { ScaledClock } from '../../../src/engine/rehearsal/clock.ts'
import type { Profile } from '../../../src/engine/rehearsal/profile.ts'
import { simulated } from '../../../src/engine/rehearsal/simulated.ts'
import { Steering } from '../../../src/engine/steering.ts'
import { EventBus } from '../../../src/events/bus.ts'
import type { ControlPort } from '../../../src/events/commands.ts'
import { emptyState, fold } from '../../../src/events/fold.ts'
import { exitCodeOf, outcomeOf } from '../../../src/events/outcome.ts'
import { recap } from '../../../src/events/recap.ts'
import type { EventSink, HostResult, Mode, RunEvent } from '../../../src/events/types.ts'
import type { RawMap } from '../../../src/expression/values.ts'
import { loadInventory } from '../../../src/inventory/load.ts'
import { selectHosts } from '../../../src/inventory/select.ts'
import { loadVarsFile } from '../../../src/inventory/vars-files.ts'
import { planPlaybooks } from '../../../src/plan/playbooks.ts'
import { loadPlaybook } from '../../../src/playbook/load.ts'
import type { Task } from '../../../src/tasks/contract.ts'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { createRegistry } from '../../../src/tasks/registry.ts'

export interface RehearsalInput {
  /** Path; without it `playbooks/initramfs.yml`. */
  readonly playbook?: string
  /** As after `-i`; without it a thousand hosts. */
  readonly inventory?: string
  readonly mode?: Mode
  readonly forks?: number
  readonly seed?: number
  readonly profile?: Profile
  readonly plugins?: readonly Task[]
  readonly vars?: (host: string) => RawMap
  /** Without it no real time passes. */
  readonly speed?: number
  readonly interrupts?: Interrupts
  /** Given the way to steer the run before it begins. */
  readonly onPort?: (port: ControlPort) => void
  /** Renderers and the like, in order. */
  readonly sinks?: readonly EventSink[]
}

export interface RehearsalResult {
  readonly events: readonly RunEvent[]
  readonly exitCode: number
  /** Without loop items. */
  results(host: string): HostResult[]
}

/** Rolls a playbook over simulated hosts through the real engine, with the events of a whole run. */
export async function rehearse(input: RehearsalInput = {}): Promise<RehearsalResult> {
  const { mode = 'apply', forks = 32, seed = 1, profile = BUILT_IN } = input
  const file = path.resolve(input.playbook ?? 'playbooks/initramfs.yml')
  const registry = createRegistry(input.plugins ?? [])
  const plugin = (name: string): Task => registry.get(name) as Task
  const inventory = await loadInventory([input.inventory ?? 'web[0001:1000],'])
  const playbooks = planPlaybooks({
    playbooks: [await loadPlaybook(file, registry)],
    extraVars: {},
    tags: { only: [], skip: [] },
    select: (pattern) => selectHosts(pattern, inventory).hosts,
    limit: undefined,
    plugin,
  })
  const clock = new ScaledClock(input.speed ?? Number.POSITIVE_INFINITY)
  const start = Date.UTC(2026, 0, 1)
  const bus = new EventBus({ run: 'rehearsal-test', rehearsal: true, now: () => new Date(start + clock.now()) })
  const events: RunEvent[] = []
  let state = emptyState()
  bus.add((event) => {
    events.push(event)
    state = fold(state, event)
  })
  for (const sink of input.sinks ?? []) bus.add(sink)
  bus.emit({
    type: 'run_started',
    mode,
    playbooks: [file],
    version: '0',
    user: 'test',
    controller: 'test',
    forks,
    diff: false,
    hosts: inventory.hosts.size,
    rehearsal: 'a test',
  })
  const interrupts = input.interrupts ?? new Interrupts()
  const steering = new Steering(interrupts, { run: bus.run, emit: (body) => void bus.emit(body) })
  input.onPort?.(steering.port)
  await execute({
    playbooks,
    hosts: inventory.hosts.keys(),
    groups: {},
    groupsOf: () => ['all'],
    driving: simulated({ profile, seed, clock }),
    ports: {
      emit: (body) => void bus.emit(body),
      durable: async () => {},
      plugin,
      filesFor: (playbookDir) => createControllerFiles({ playbookDir, assetsDir: path.resolve('assets') }),
      varsFile: loadVarsFile,
      fileExists: existsSync,
      inventoryVariables: (host) => input.vars?.(host) ?? {},
      keepLog: async () => ({ missing: 'not kept here' }),
      secret: () => {},
    },
    interrupts,
    steering,
    options: {
      mode,
      forks,
      diff: false,
      tags: { only: [], skip: [] },
      extraVars: {},
      limit: undefined,
      become: false,
      becomeUser: undefined,
      becomePassword: undefined,
    },
  })
  const outcome = outcomeOf(state, { detailedExitcode: false, mode })
  const exitCode = exitCodeOf(outcome)
  bus.emit({ type: 'run_finished', outcome, exitCode, recap: recap(state), ms: clock.now() })
  const results = (host: string) =>
    events.filter((event) => event.type === 'host_result' && event.host === host && !event.item) as (HostResult &
      RunEvent)[]
  return { events, exitCode, results }
}
