import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { planGroups } from '../../../src/render/tui/model/plans.ts'
import { summary } from '../../../src/render/tui/summary.ts'
import { batchEnd, play, result, task } from '../bodies.ts'
import { modelOf, runStarted, SUMMARY, shown } from './frames.ts'

const hosts = ['web1', 'web2', 'web3', 'web4']
const check: EventBody = { ...runStarted, mode: 'check', hosts: 4 } as EventBody

const copied = (host: string, text: string, dest = `/x/out.${host}`): EventBody =>
  result(0, host, 'changed', {
    message: `writes ${dest}`,
    diff: [{ kind: 'text', path: dest, before: '', after: `${text}\n` }],
  })
const checked = (...results: EventBody[]) => modelOf([check, ...play(hosts, 'copy'), task(0, hosts), ...results])

test("diffs that differ by the host's own name only are of one group", () => {
  const model = checked(
    copied('web1', 'I am web1'),
    copied('web2', 'I am web2'),
    copied('web4', 'I am web4'),
    copied('web3', 'I am another'),
  )
  expect(planGroups(model.hosts.values()).map(({ hosts: of }) => of.length)).toEqual([3, 1])
  const page = shown(model, { page: 'groups' }, { rows: 40 }).join('\n')
  expect(page).toMatch(/3 the same: web1, web2, web4\n +~ changed copy: writes \/x\/out\.<host>\n +~ \/x\/out\.<host>/)
  expect(page).toContain('3 the same, 1 differs\n')
  expect(page).toContain('1 differs: web3\n    ~ changed copy: writes /x/out.web3')
  // How: the lines that only one of them has.
  expect(page).toMatch(/only here: \+ I am another\n +not here: {2}\+ I am <host>\n/)
  // The page of a host has its own words.
  expect(shown(model, { page: 'host', selected: 'web2' }, { rows: 40 }).join('\n')).toMatch(/out\.web2[\s\S]*I am web2/)
})

test("another host's name in a diff does make a difference", () => {
  const model = checked(copied('web1', 'x'), copied('web2', 'x', '/x/out.web1'))
  expect(planGroups(model.hosts.values())).toHaveLength(2)
})

test('hosts of a group are listed in the order of the inventory, whichever was first', () => {
  const failed = (host: string) => result(0, host, 'failed', { message: 'no space in /boot' })
  const model = modelOf([
    ...play(hosts, 'copy'),
    task(0, hosts),
    failed('web4'),
    failed('web3'),
    failed('web1'),
    result(0, 'web2', 'ok'),
    batchEnd,
  ])
  expect(shown(model, { page: 'groups' }, { rows: 40 }).join('\n')).toContain('hosts: web1, web3, web4')
  expect(summary(model, SUMMARY)).toContain('    web1, web3, web4\n')
})
