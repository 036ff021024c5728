import { setTimeout as sleep } from 'node:timers/promises'
import { getHeapSnapshot } from 'node:v8'
import { render } from 'ink-testing-library'
import { expect, test } from 'vitest'
import { App } from '../../../src/render/tui/app.tsx'

const FRAMES = 12

/** A text that is one piece in memory, so that it is found as one. */
const flat = (text: string) => Buffer.from(text).toString()

/** Numbers of the frames of which a text is still in memory. */
async function remembered(): Promise<Set<string>> {
  const found = new Set<string>()
  let rest = ''
  for await (const piece of getHeapSnapshot()) {
    const text = rest + String(piece)
    for (const [, frame = ''] of text.matchAll(/row \d+ of frame-(\d+)-kept/g)) found.add(frame)
    rest = text.slice(-100)
  }
  return found
}

test('frames that were drawn are forgotten: a run may take a night', async () => {
  const lines = (frame: number) =>
    Array.from({ length: 20 }, (_, row) => ({ spans: [{ text: flat(`row ${row} of frame-${frame}-kept`) }] }))
  const { rerender, frames, lastFrame } = render(
    <App lines={lines(0)} color={false} standIn={String} onKey={() => {}} />,
  )
  for (let frame = 1; frame < FRAMES; frame++) {
    rerender(<App lines={lines(frame)} color={false} standIn={String} onKey={() => {}} />)
    await sleep(50)
  }
  expect(lastFrame()).toContain(`frame-${FRAMES - 1}-`)
  // The test's own terminal remembers all of them.
  frames.length = 0
  // React has the last two, and what is being drawn.
  expect((await remembered()).size).toBeLessThan(5)
})
