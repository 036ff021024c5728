import type { ValueMap } from '../expression/values.ts'
import type { PlannedPlaybook } from '../plan/playbooks.ts'
import { type Driving, overSessions } from './driving.ts'
import { HostRun } from './host-run.ts'
import type { Interrupts } from './interrupts.ts'
import { PlayContext } from './play-context.ts'
import { runPlay } from './play-runner.ts'
import { forEachFork } from './pool.ts'
import type { ControllerPorts, EngineOptions, EnginePorts } from './ports.ts'
import { Roster } from './roster.ts'
import type { Steering } from './steering.ts'

export type Execution = Plays & Hands

/** With `driving` the ports need no way to the hosts: whoever drives them has his own, or none. */
export type Hands =
  | { readonly ports: EnginePorts; readonly driving?: undefined }
  | { readonly ports: ControllerPorts; readonly driving: Driving }

export interface Plays {
  readonly playbooks: readonly PlannedPlaybook[]
  readonly hosts: Iterable<string>
  /** group -> its hosts, all levels. */
  readonly groups: ValueMap
  groupsOf(host: string): readonly string[]
  readonly options: EngineOptions
  readonly interrupts: Interrupts
  /** Where an operator's commands come in. */
  readonly steering: Steering
}

/**
 * Runs the plays in order and leaves every connection closed and every lock given back, whatever happened.
 * What became of each host is in the events.
 */
export async function execute(input: Execution): Promise<void> {
  const { ports, options, interrupts, steering } = input
  const runs = new Map([...input.hosts].map((host) => [host, new HostRun(host)]))
  const runOf = (host: string): HostRun => {
    let run = runs.get(host)
    if (!run) {
      // `delegate_to: localhost` needs no inventory entry.
      run = new HostRun(host)
      runs.set(host, run)
    }
    return run
  }
  const driving = input.driving ?? overSessions(input.ports, options, interrupts.signal)
  const roster = new Roster(input.playbooks, runs, ports)
  interrupts.onRaise((level, message) => ports.emit({ type: 'interrupt', level, message }))
  steering.begin(roster)
  try {
    for (const { playbook, plays } of input.playbooks) {
      for (const planned of plays) {
        const context = new PlayContext({
          planned,
          playbookDir: playbook.dir,
          ports,
          options,
          groups: input.groups,
          groupsOf: input.groupsOf,
          runs,
        })
        if (planned.hosts.length === 0) {
          const name = context.display(planned.play.name) ?? context.display(planned.play.hosts) ?? ''
          ports.emit({ type: 'play_skipped', play: planned.index, name, reason: 'no hosts matched' })
          continue
        }
        const goOn = await runPlay({
          planned,
          context,
          driverOf: driving.driverOf,
          reopen: driving.reopen,
          ports,
          options,
          interrupts,
          steering,
          roster,
          runOf,
          runs: () => runs.values(),
        })
        if (!goOn) return
      }
    }
  } finally {
    steering.end()
    await forEachFork([...runs.values()], options.forks, driving.release)
  }
}
