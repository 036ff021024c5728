import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JournalBounds } from '../../src/events/journal-bounds.ts'
import type { EventBody, RunEvent } from '../../src/events/types.ts'

const at = { play: 0, batch: 0, host: 'a' }

function stamped(body: EventBody, seq: number): RunEvent {
  return { v: 1, seq, t: 'T', run: 'r', ...body }
}

function journalled(bodies: readonly EventBody[]): RunEvent[] {
  const bounds = new JournalBounds()
  return bodies.flatMap((body, index) => bounds.admit(stamped(body, index + 1)) ?? [])
}

const body = fc.oneof<fc.Arbitrary<EventBody>[]>(
  fc
    .record({ step: fc.nat(2), host: fc.constantFrom('a', 'b') })
    .map((one) => ({ ...at, ...one, type: 'progress', line: 'x' })),
  fc
    .record({ step: fc.nat(2), host: fc.constantFrom('a', 'b') })
    .map((one) => ({ ...at, ...one, type: 'phase', phase: 'checks', state: 'running', seconds: 1 })),
  fc
    .record({ step: fc.nat(2), host: fc.constantFrom('a', 'b') })
    .map((one) => ({ ...at, ...one, type: 'host_result', status: 'ok', ms: 1 })),
  fc.constant<EventBody>({ type: 'warning', message: 'w' }),
  fc.constant<EventBody>({ ...at, step: 0, type: 'outcome', ok: true }),
)

test('what is no progress line and no phase report is always written, in its order and as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(body, fc.constantFrom(1, 3, 1500)), { maxLength: 12 }), (parts) => {
      const bodies = parts.flatMap(([one, times]) => Array.from({ length: times }, () => one))
      const kept = journalled(bodies)
      const plain = ({ type }: { type: string }) => type !== 'progress' && type !== 'phase'
      const whole = bodies.flatMap((one, index) => (plain(one) ? [stamped(one, index + 1)] : []))
      expect(kept.filter(plain).map(({ omitted: _, ...event }) => event)).toEqual(whole)
      const seqs = kept.map(({ seq }) => seq)
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    }),
    { numRuns: 40 },
  )
})

test.each([
  [1_000, 1_000],
  [1_001, 1_000],
  [10_000, 1_900],
  [100_000, 2_800],
])('of %i reports %i are in the journal, and what is missing is said', (reports, written) => {
  const lines = Array.from(
    { length: reports },
    (_, i): EventBody => ({ ...at, step: 0, type: 'progress', line: `${i}` }),
  )
  const kept = journalled([...lines, { ...at, step: 0, type: 'host_result', status: 'ok', ms: 1 }])
  const progress = kept.filter(({ type }) => type === 'progress')
  expect(progress).toHaveLength(written)
  expect(kept.reduce((sum, { omitted = 0 }) => sum + omitted, 0)).toBe(reports - written)
})

test('each host and step has its own thousand', () => {
  const lines = (host: string, step: number) =>
    Array.from({ length: 1_000 }, (): EventBody => ({ ...at, host, step, type: 'progress', line: 'x' }))
  expect(journalled([...lines('a', 0), ...lines('b', 0), ...lines('a', 1)])).toHaveLength(3_000)
})

test('a line of a megabyte is cut, and says so', () => {
  const [event] = journalled([{ ...at, step: 0, type: 'progress', line: 'x'.repeat(1_000_000) }])
  expect(event).toMatchObject({ line: expect.stringMatching(/^x{2000}\.\.\. \(998000 more characters\)$/) })
})
