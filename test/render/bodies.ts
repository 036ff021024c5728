import type { EventBody, HostResult, Status } from '../../src/events/types.ts'

/** Short ways to write the events of one play for the tests of renderers. */
export function play(hosts: readonly string[], ...tasks: (string | [name: string, task: string])[]): EventBody[] {
  const steps = tasks.map((task) =>
    typeof task === 'string' ? { name: task, task } : { name: task[0], task: task[1] },
  )
  return [
    { type: 'play_started', play: 0, name: 'web', hosts, batches: 1, steps },
    { type: 'batch_started', play: 0, batch: 0, of: 1, hosts },
  ]
}

export function task(step: number, hosts: readonly string[]): EventBody {
  return { type: 'task_started', play: 0, batch: 0, step, name: `t${step}`, task: 'x', hosts }
}

export function result(step: number, host: string, status: Status, more: Partial<HostResult> = {}): EventBody {
  return { type: 'host_result', play: 0, batch: 0, step, host, status, ms: 1, ...more }
}

export const batchEnd: EventBody = { type: 'batch_finished', play: 0, batch: 0 }
