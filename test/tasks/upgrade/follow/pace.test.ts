import { describe, expect, test } from 'vitest'
import type { PhaseReport } from '../../../../src/tasks/contract.ts'
import { standing } from '../../../../src/tasks/upgrade/follow/limits.ts'
import { expected, timeoutsSchema } from '../../../../src/tasks/upgrade/follow/phases.ts'
import { Reporter } from '../../../../src/tasks/upgrade/follow/reporter.ts'
import { begin, type FollowState } from '../../../../src/tasks/upgrade/follow/state.ts'

const timeouts = timeoutsSchema.parse({ transaction: 100 })

function state(more: Partial<FollowState>): FollowState {
  return { ...begin(0), ...more }
}

describe('limits', () => {
  test.each([
    [100, 'in-time'],
    [101, 'overdue'],
    [150, 'overdue'],
    [151, 'given-up'],
  ])('%i s in a phase of 100 s with a patience of 50 s: %s', (seconds, how) => {
    const there = state({ phase: 'transaction', spent: { transaction: seconds * 1000 } })
    expect(standing(there, { timeouts, patience: 50 })).toBe(how)
  })

  test('time spent in other phases does not count', () => {
    const there = state({ phase: 'finish', spent: { transaction: 9e9, finish: 1000 } })
    expect(standing(there, { timeouts, patience: 0 })).toBe('in-time')
  })

  test('what can not be watched has the time of all that it stands for', () => {
    const { 'going-down': down, 'resume-service': resume, ...unseen } = timeouts
    const sum = Object.values(unseen).reduce((total, each) => total + each, 0)
    expect(expected('offline', timeouts)).toBe(sum)
    expect(sum).toBeGreaterThan(down + resume)
  })
})

describe('reports', () => {
  function reported(): { reporter: Reporter; reports: PhaseReport[] } {
    const reports: PhaseReport[] = []
    return { reporter: new Reporter((report) => reports.push(report)), reports }
  }

  test('a thousand packages in a second are a few reports, and the last of a phase its time', () => {
    const { reporter, reports } = reported()
    for (let n = 1; n <= 1000; n++) {
      reporter.show(state({ phase: 'transaction', spent: { transaction: n }, n, of: 1000 }), 'in-time', n)
    }
    reporter.show(state({ phase: 'finish', spent: { transaction: 1200, finish: 5 } }), 'in-time', 1205)
    expect(reports.length).toBeLessThan(5)
    expect(reports.at(-2)).toEqual({ phase: 'transaction', state: 'done', seconds: 1 })
    expect(reports.at(-1)).toMatchObject({ phase: 'finish', state: 'running' })
  })

  test('a silent host is reported every few seconds', () => {
    const { reporter, reports } = reported()
    for (let second = 0; second <= 60; second++) {
      reporter.show(
        state({ phase: 'initramfs-boot', spent: { 'initramfs-boot': second * 1000 } }),
        'in-time',
        second * 1000,
      )
    }
    expect(reports).toHaveLength(16)
    expect(reports.at(-1)?.seconds).toBe(60)
  })

  test('becoming overdue, and being in time again, is told at once', () => {
    const { reporter, reports } = reported()
    const there = state({ phase: 'checks', spent: { checks: 1000 } })
    reporter.show(there, 'in-time', 0)
    reporter.show(there, 'overdue', 1)
    reporter.show(there, 'in-time', 2)
    expect(reports.map((report) => report.state)).toEqual(['running', 'overdue', 'running'])
  })

  test('the end tells the last phase', () => {
    const { reporter, reports } = reported()
    const there = state({ phase: 'resume-service', spent: { 'resume-service': 7000 } })
    reporter.show(there, 'in-time', 0)
    reporter.finish(there)
    expect(reports.at(-1)).toEqual({ phase: 'resume-service', state: 'done', seconds: 7 })
  })
})
