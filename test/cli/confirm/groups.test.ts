import { expect, it } from 'vitest'
import { groupPlans } from '../../../src/cli/confirm/groups.ts'
import { hostPlan, pending } from './plans.ts'

const diff = (after: string) => [{ kind: 'text' as const, path: '/etc/motd', before: '', after }]

it('folds hosts that have the same to be done, the largest group first, and leaves those out that have nothing', () => {
  const groups = groupPlans([
    hostPlan('odd', [pending(0, 'writes another')]),
    ...Array.from({ length: 997 }, (_, i) => hostPlan(`web${i}`, [pending(0, 'writes it'), pending(1, 'restarts it')])),
    hostPlan('half', [pending(1, 'restarts it')]),
    hostPlan('done', []),
  ])
  expect(groups.map(({ hosts }) => hosts.length)).toEqual([997, 1, 1])
  expect(groups.slice(1).flatMap(({ hosts }) => hosts)).toEqual(['odd', 'half'])
})

it('tells a step that will change a host from one that may', () => {
  const plans = [hostPlan('a', [pending(0, 'x')]), hostPlan('b', [pending(0, 'x', { known: false })])]
  expect(groupPlans(plans)).toHaveLength(2)
})

it('keeps hosts apart whose words are the same and whose diffs are not', () => {
  const [group, ...none] = groupPlans([
    hostPlan('a', [pending(0, 'writes it', { diff: diff('other\n') })]),
    hostPlan('b', [pending(0, 'writes it', { diff: diff('same\n') })]),
    hostPlan('c', [pending(0, 'writes it', { diff: diff('same\n') })]),
  ])
  expect(none).toEqual([])
  expect(group?.variants.map(({ hosts }) => hosts)).toEqual([['b', 'c'], ['a']])
})

it("a host's own name makes no other plan, but a name that is only a part of another does", () => {
  const [group] = groupPlans(
    ['web1', 'web2'].map((host) =>
      hostPlan(host, [pending(0, `writes /etc/${host}.conf`, { diff: diff(`name ${host}\n`) })]),
    ),
  )
  expect(group?.variants).toHaveLength(1)
  expect(group?.steps[0]?.words).toEqual(['writes /etc/<host>.conf'])
  expect(group?.steps[0]?.diff).toEqual(diff('name <host>\n'))
  const apart = groupPlans(['web1', 'web12'].map((host) => hostPlan(host, [pending(0, 'writes /etc/web12')])))
  expect(apart).toHaveLength(2)
})

it('a step that is named after one of the hosts is the same step on that host', () => {
  const step = pending(0, 'may change it', { name: 'Keys of db-1' })
  const [group, ...others] = groupPlans(['web-1', 'db-1'].map((host) => hostPlan(host, [step])))
  expect(others).toEqual([])
  expect(group?.steps[0]?.name).toBe('Keys of db-1')
})

it('shows a single host with its own name', () => {
  const [group] = groupPlans([hostPlan('web1', [pending(0, 'writes /etc/web1')])])
  expect(group?.steps[0]?.words).toEqual(['writes /etc/web1'])
})
