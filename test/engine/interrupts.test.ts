import { expect, test } from 'vitest'
import { Interrupts } from '../../src/engine/interrupts.ts'

function listened(): { interrupts: Interrupts; said: string[] } {
  const said: string[] = []
  const interrupts = new Interrupts()
  interrupts.onRaise((level, message) => said.push(`${level} ${message}`))
  return { interrupts, said }
}

test('a stop that nobody typed says why at once', () => {
  const { interrupts, said } = listened()
  interrupts.stop('the journal is full')
  expect(said).toEqual([expect.stringMatching(/^1 Stopping, as the journal is full: nothing new is sent to a host/)])
})

test('a run that is being stopped is not stopped harder, except by the operator', () => {
  const { interrupts, said } = listened()
  interrupts.raise()
  interrupts.stop('the journal is full')
  expect([interrupts.level, interrupts.signal.aborted]).toEqual([1, false])
  interrupts.raise()
  expect([interrupts.level, interrupts.signal.aborted]).toEqual([2, true])
  expect(said).toEqual([expect.stringMatching(/^1 Stopping: nothing/), expect.stringMatching(/^2 Cancelling: /)])
})
