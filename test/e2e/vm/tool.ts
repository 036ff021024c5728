import type { Vm } from '../../../lab/vm/vm.ts'
import type { RunEvent } from '../../../src/events/types.ts'
import { type Ended, Run } from '../cli.ts'

/** What every run of a machine's upgrade is given. An image compressed less hard boots the same, and is built in half the time. */
export const VARIABLES = {
  image_compression: 'zstd -3',
  to_remove: ['gone-tool'],
  required_services: ['ssh.service'],
}

/** Starts the built program on a machine; its journal and its keys go into the machine's folder. */
export function startTool(vm: Vm, playbook: string, ...options: string[]): Run {
  const args = [
    '-i',
    vm.files.inventory,
    playbook,
    '--yes',
    '-e',
    JSON.stringify(VARIABLES),
    '--output',
    'json',
    ...options,
  ]
  return new Run(args, { env: { XDG_STATE_HOME: vm.files.controller } })
}

/** Waits for the end of a run for as long as the machine works. */
export function untilEnded(vm: Vm, run: Run): Promise<Ended> {
  return vm.whileWorking('upgrade-push', { noProgressSeconds: 600 }, (signal) => {
    signal.addEventListener('abort', () => run.signal('SIGKILL'))
    return run.ended
  })
}

export const runTool = (vm: Vm, playbook: string, ...options: string[]): Promise<Ended> =>
  untilEnded(vm, startTool(vm, playbook, ...options))

type Result = Extract<RunEvent, { type: 'host_result' }>

/** Results of a run by the name of the task's plugin; a step's own, not its loop's items. */
export function resultsOf({ events }: Ended): Map<string, Result> {
  const steps = events.flatMap((event) => (event.type === 'play_started' ? event.steps : []))
  const results = events.filter((event) => event.type === 'host_result' && event.item === undefined) as Result[]
  return new Map(results.map((result) => [steps[result.step]?.task ?? '', result]))
}

/** What went wrong, for a failing assertion's message. */
export const troubleOf = (ended: Ended): string =>
  [...resultsOf(ended)]
    .filter(([, { status }]) => !['ok', 'changed', 'deferred', 'skipped'].includes(status))
    .map(([task, { status, message, remedy, findings }]) => {
      const details = (findings ?? []).map(({ key, detail }) => `\n  ${key}: ${detail}`)
      return `${task} ${status}: ${message ?? ''} (${remedy ?? ''})${details.join('')}`
    })
    .join('\n') || ended.stderr

/** Counts of the whole run. */
export function countsOf({ events }: Ended): Readonly<Record<string, number>> {
  const end = events.findLast((event) => event.type === 'run_finished')
  if (end?.type !== 'run_finished') throw new Error('the run did not finish')
  return Object.values(end.recap)[0] as unknown as Record<string, number>
}
