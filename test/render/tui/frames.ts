import type { EventBody, RunEvent } from '../../../src/events/types.ts'
import type { FrameInput } from '../../../src/render/tui/layout/context.ts'
import { frame } from '../../../src/render/tui/layout/frame.ts'
import { textOf } from '../../../src/render/tui/layout/line.ts'
import { signsOf } from '../../../src/render/tui/layout/look.ts'
import { RunModel } from '../../../src/render/tui/model/run-model.ts'
import type { SummaryOptions } from '../../../src/render/tui/summary.ts'
import type { Situation } from '../../../src/render/tui/view/situation.ts'
import { FIRST_VIEW, type ViewState } from '../../../src/render/tui/view/state.ts'

export const START = Date.UTC(2026, 10, 23, 5, 0, 0)

/** Events with a second between them. */
export function stamped(bodies: readonly EventBody[]): RunEvent[] {
  return bodies.map((body, i) => {
    return { v: 1, seq: i + 1, t: new Date(START + i * 1000).toISOString(), run: '20261123T050000Z-test', ...body }
  })
}

export const runStarted: EventBody = {
  type: 'run_started',
  mode: 'apply',
  playbooks: ['playbooks/initramfs.yml'],
  version: '0.1.0',
  user: 'operator',
  controller: 'bastion',
  forks: 2,
  diff: false,
  hosts: 3,
}

/** Of a run whose own screen was left. */
export const SUMMARY: SummaryOptions = {
  resume: 'RESUME',
  command: undefined,
  owns: true,
  goesOn: false,
  replay: undefined,
  label: '',
  color: false,
}

export function modelOf(bodies: readonly EventBody[]): RunModel {
  const model = new RunModel()
  for (const event of stamped([runStarted, ...bodies])) model.on(event)
  return model
}

/** The text of a frame, line by line. */
export function shown(
  model: RunModel,
  view: Partial<ViewState> = {},
  { columns = 100, rows = 24, ...more }: Partial<FrameInput> = {},
): string[] {
  return frame({
    model,
    view: { ...FIRST_VIEW, ...view },
    columns,
    rows,
    now: model.time,
    pace: 1,
    signs: signsOf({}),
    steers: true,
    owns: true,
    replay: false,
    label: '',
    reproduce: 'upgrade-push -i hosts.ini playbooks/initramfs.yml',
    resume: 'upgrade-push resume 20261123T050000Z-test',
    ...more,
  }).lines.map(textOf)
}

/** Four hosts in the list, the first of which failed, of a run that goes on in this process. */
export const situation: Situation = {
  listed: ['web1', 'web2', 'web3', 'web4'],
  standing: (host) => (host === 'web1' ? 'failed' : 'running'),
  now: START,
  watched: 0,
  pageSize: 3,
  lines: 10,
  ended: false,
  interrupt: 0,
  steers: true,
  owns: true,
  resume: 'upgrade-push resume RUN',
}
