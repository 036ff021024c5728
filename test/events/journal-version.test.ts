import { expect, test } from 'vitest'
import { currentEvent } from '../../src/events/journal-version.ts'

const warning = { seq: 1, t: 'T', run: 'r', type: 'warning', message: 'x' }

test('an older event becomes one of today; a newer one is refused with what to do', () => {
  expect(currentEvent(warning, 'j:1')).toEqual({ ...warning, v: 1 })
  expect(currentEvent({ ...warning, v: 1 }, 'j:1')).toEqual({ ...warning, v: 1 })
  expect(() => currentEvent({ ...warning, v: 2 }, 'j:1')).toThrow(
    'j:1: format version 2 is newer than this program, which reads up to 1\n  use the upgrade-push that wrote it',
  )
})

test.each([[{ ...warning, v: 'x' }], [{ ...warning, v: -1 }], [{ ...warning, v: 0.5 }]])(
  '%j has no version',
  (event) => {
    expect(() => currentEvent(event, 'j:1')).toThrow(/^j:1: not a version of a journal/)
  },
)

test.each([[null], [7], [{}], [{ type: 7 }]])('%j is no event', (event) => {
  expect(() => currentEvent(event, 'j:1')).toThrow('j:1: not an event')
})
