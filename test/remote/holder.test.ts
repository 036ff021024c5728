import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatHolder, isDead, parseHolder, processIdentity } from '../../src/remote/lock/holder.ts'

const owner = { run: 'r1', who: 'ann@desk', process: processIdentity() }

it('comes back as it was written', () => {
  const text = `token=7\n${formatHolder(owner, '2026-01-01T00:00:00Z')}`
  const { bootId, pid, startTime } = owner.process
  expect(parseHolder(text)).toEqual({
    token: 7,
    run: 'r1',
    who: 'ann@desk',
    since: '2026-01-01T00:00:00Z',
    bootId,
    pid,
    startTime,
  })
})

it('can not be forged by a name with line ends', () => {
  const text = `token=7\n${formatHolder({ ...owner, who: 'x\ntoken=9' }, 'now')}`
  expect(parseHolder(text)?.token).toBe(7)
})

it('reads any text without throwing; only nothing is nobody (property)', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseHolder(text) === undefined).toBe(text.trim() === '')
    }),
  )
})

it('knows only the dead of its own machine', () => {
  const holder = { token: 1, run: 'r', who: 'ann@desk', since: '', ...owner.process }
  expect(isDead(holder, 'bo@desk')).toBe(false)
  expect(isDead({ ...holder, startTime: '1' }, 'bo@desk')).toBe(true)
  expect(isDead({ ...holder, bootId: 'other' }, 'bo@desk')).toBe(true)
  expect(isDead({ ...holder, bootId: 'other' }, 'bo@laptop')).toBe(false)
  expect(isDead({ ...holder, pid: 0 }, 'bo@desk')).toBe(false)
})
