import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { render } from 'ink-testing-library'
import { expect, test } from 'vitest'
import { App } from '../../../src/render/tui/app.tsx'
import { frame } from '../../../src/render/tui/layout/frame.ts'
import { textOf } from '../../../src/render/tui/layout/line.ts'
import { signsOf } from '../../../src/render/tui/layout/look.ts'
import { FIRST_VIEW } from '../../../src/render/tui/view/state.ts'
import { play, result, task } from '../bodies.ts'
import { modelOf } from './frames.ts'

const hosts = ['web1', 'web2', 'web3']
const model = modelOf([
  ...play(hosts, 'one'),
  task(0, hosts),
  result(0, 'web2', 'failed', { message: 'no space in /boot' }),
])
const { lines } = frame({
  model,
  view: FIRST_VIEW,
  columns: 100,
  rows: 24,
  now: model.time,
  pace: 1,
  signs: signsOf({}),
  steers: true,
  owns: true,
  replay: false,
  label: '',
  reproduce: 'x',
  resume: 'y',
})

test('Ink draws the lines of a frame as they are, all of them', () => {
  const { lastFrame, unmount } = render(<App lines={lines} color={false} standIn={String} onKey={() => {}} />)
  const drawn = stripVTControlCharacters(lastFrame() ?? '').split('\n')
  expect(drawn).toHaveLength(23)
  expect(drawn.map((line) => line.trimEnd())).toEqual(lines.map((line) => textOf(line).trimEnd()))
  unmount()
})

test('the next frame takes the place of the last, with one line less or more', () => {
  const { lastFrame, rerender, unmount } = render(<App lines={lines} color={false} standIn={String} onKey={() => {}} />)
  const shown = () => stripVTControlCharacters(lastFrame() ?? '').split('\n')
  for (const texts of [['one', 'two', ''], ['one', 'zwei', '', 'x'.repeat(100)], ['']]) {
    const next = texts.map((text) => ({ spans: text === '' ? [] : [{ text }] }))
    rerender(<App lines={next} color={false} standIn={String} onKey={() => {}} />)
    expect(shown()).toEqual(texts)
  }
  unmount()
})

test('keys arrive by name, one by one', async () => {
  const keys: string[] = []
  const { stdin, unmount } = render(<App lines={lines} color={true} standIn={String} onKey={(key) => keys.push(key)} />)
  await sleep(50)
  for (const input of ['j', '\x1b[B', '\x1b[6~', '\r', '\x03', 'ok']) {
    stdin.write(input)
    await sleep(20)
  }
  expect(keys).toEqual(['j', 'down', 'pagedown', 'enter', 'ctrl-c', 'o', 'k'])
  unmount()
})
