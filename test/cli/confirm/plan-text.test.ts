import { expect, it } from 'vitest'
import type { HostPlan } from '../../../src/cli/confirm/host-plan.ts'
import { NoPlan, requirePlan } from '../../../src/cli/confirm/no-plan.ts'
import { type PlanView, planLines } from '../../../src/cli/confirm/plan-text.ts'
import { SeenPlan } from '../../../src/cli/confirm/seen-plan.ts'
import type { TimeEstimate } from '../../../src/cli/confirm/time.ts'
import { Forecast } from '../../../src/engine/forecast.ts'
import type { PlannedPlaybook } from '../../../src/plan/playbooks.ts'
import { painter } from '../../../src/render/color.ts'
import { hostPlan, pending } from './plans.ts'

const NOTHING: TimeEstimate = { low: 0, high: 0, from: 0, unknown: [], uncounted: [] }

function shown(plans: readonly HostPlan[], more: Partial<PlanView> = {}): string {
  const seen = new SeenPlan(new Forecast(), [])
  for (const plan of plans) seen.hosts.set(plan.host, plan)
  const playbooks = [
    {
      playbook: { path: '/site/upgrade.yml' },
      plays: [{ hosts: plans, batches: [plans.slice(0, 1), plans.slice(1)] }],
    },
  ] as unknown as PlannedPlaybook[]
  const view = {
    playbooks,
    seen,
    disruptive: [],
    time: NOTHING,
    journal: '/runs/1/events.ndjson',
    forks: 32,
    diff: false,
  }
  return planLines({ ...view, paint: painter(false), ...more }).join('\n')
}

it('a fleet, folded: who is changed alike, who differs and how, who is left alone', () => {
  const room = (free: number) => new Map([['/boot', { mount: '/boot', need: 150 << 20, free: free << 20 }]])
  const steps = [pending(0, 'makes the container'), pending(1, 'known after step 1', { known: false })]
  const text = shown(
    [
      ...Array.from({ length: 997 }, (_, i) => hostPlan(`web${i}`, steps, { rooms: room(200 + i) })),
      hostPlan('db1', [pending(0, 'copies files anew'), steps[1] ?? pending(1, '')]),
      hostPlan('db2', steps.slice(1)),
      hostPlan('done1', []),
      hostPlan('away1', [], { watched: 'goes on watching the upgrade' }),
      hostPlan('lost1', [], { left: 'unreachable: lost1: connection refused' }),
      hostPlan('lost2', [], { left: 'unreachable: lost2: connection refused' }),
    ],
    {
      disruptive: [{ play: 0, step: 1, task: 'task2', place: '', does: 'reboots the host', undo: 'until the reboot' }],
      time: { low: 60_000, high: 1_200_000, from: 12, unknown: ['task9'], uncounted: ['shell'] },
    },
  )
  expect(text).toBe(`
PLAN of /site/upgrade.yml
  1003 hosts in 2 batches (1, 1002), 32 at a time

997 hosts alike: web0, web1, web2, web3, web4, web5 and 991 more
   1  step 1  makes the container
   2  step 2  may change it: known after step 1  (disruptive: see below)

1 host differs: db1
   1  step 1  copies files anew
      and the rest like the first

1 host differs: db2
   1  step 1  nothing to be done
      and the rest like the first

1 host with nothing to be done: done1

1 host in the middle of the upgrade, watched on: away1
      goes on watching the upgrade

2 hosts that the plan ends at, and that will be held where something is to be done after all:
      lost1, lost2: unreachable: the host: connection refused

Disruptive: task2 reboots the host: 999 hosts
      undo: until the reboot
Space: /boot needs 150 MiB, 200 MiB free where it is tightest (web0)
Time: 60 s to 20 min, as it took on 12 hosts of past runs; nothing is known yet of task9: no run of this controller has done it; shell not counted: what it runs decides
Journal of this plan: /runs/1/events.ndjson
`)
})

it('says how many hosts differ in their diffs alone, and shows them with --diff', () => {
  const plan = (host: string, after: string) =>
    hostPlan(host, [pending(0, 'writes it', { diff: [{ kind: 'text', path: '/f', before: '', after }] })])
  const plans = [plan('a', 'same\n'), plan('b', 'same\n'), plan('c', 'other\n')]
  expect(shown(plans)).toContain('in their details 2 are the same and others are not (1: c); --diff shows how')
  const text = shown(plans, { diff: true })
  expect(text).toMatch(/on a, b:\n--- before: \/f\n.*\n.*\n\+same\n {6}on c:\n--- before: \/f\n.*\n.*\n\+other/)
})

const LOST = ['a', 'b'].map((host) => hostPlan(host, [], { left: 'unreachable: connection refused' }))

function stopped(plans: readonly HostPlan[], remaining: readonly string[]): SeenPlan {
  const seen = new SeenPlan(new Forecast(), [])
  for (const plan of plans) seen.hosts.set(plan.host, plan)
  seen.stopped.push({ reason: 'no host of the batch is left (2 of 2 failed)', remaining })
  return seen
}

it('no host could be looked at: whole sentences, no guess of the time, and the run ends as the check did', () => {
  const seen = stopped(LOST, [])
  const text = shown(LOST, { seen })
  expect(text).toContain('The check went no further: no host of the batch is left (2 of 2 failed)\n')
  expect(text).toContain('Time: not known, as no host could be looked at to its end\n')
  expect(() => requirePlan(seen, 4)).toThrow('there is no plan for any of 2 hosts: nothing was changed')
  try {
    requirePlan(seen, 4)
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 4 })
  }
})

it('hosts that the check did not come to are not told as having nothing to be done', () => {
  const plans = [...LOST, hostPlan('later', [])]
  const text = shown(plans, { seen: stopped(plans, ['later']) })
  expect(text).toContain('(2 of 2 failed); no plan for: later\n')
  expect(text).not.toContain('nothing to be done: ')
  expect(() => requirePlan(stopped(plans, ['later']), 4)).toThrow(NoPlan)
})

it('one host with a plan is enough to go on, also where nothing is to be done on it', () => {
  for (const one of [hostPlan('c', []), hostPlan('c', [pending(0, 'x')]), hostPlan('c', [], { watched: 'watched' })]) {
    const seen = stopped([...LOST, one], [])
    expect(() => requirePlan(seen, 4)).not.toThrow()
    expect(shown([...LOST, one], { seen })).not.toContain('not known')
  }
})

it('what a host says can not drive the terminal', () => {
  const text = shown([
    hostPlan('a', [pending(0, 'writes \u001b[2J'), pending(1, 'x', { name: 'n\u001b[1m' })], {
      left: 'failed: \r\u001b]0;',
    }),
  ])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  expect(text).not.toMatch(/[\u001b\r]/)
})
