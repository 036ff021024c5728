import { expect, test } from 'vitest'
import { outputForm, type Surroundings } from '../../src/cli/output-form.ts'

const terminal: Surroundings = { stdin: { isTTY: true }, stdout: { isTTY: true, columns: 80 }, env: { TERM: 'xterm' } }
const auto = { output: 'auto', verbose: 0 } as const

test('auto is the screen on a terminal, and plain wherever there can be none or -v asks for text', () => {
  expect(outputForm(auto, terminal)).toBe('screen')
  expect(outputForm({ ...auto, verbose: 1 }, terminal)).toBe('plain')
  for (const around of [
    { stdin: {} },
    { stdout: {} },
    { stdout: { isTTY: true, columns: 59 } },
    { env: { TERM: 'dumb' } },
    { env: { CI: 'true' } },
  ]) {
    expect(outputForm(auto, { ...terminal, ...around })).toBe('plain')
  }
})

test('the screen where there can be none says why', () => {
  const screen = { output: 'screen', verbose: 0 } as const
  expect(outputForm(screen, terminal)).toBe('screen')
  expect(() => outputForm(screen, { ...terminal, stdin: {} })).toThrow(/standard input is no terminal/)
  expect(() => outputForm(screen, { ...terminal, env: { CI: '1' } })).toThrow(/CI job/)
  expect(() => outputForm(screen, { ...terminal, stdout: { isTTY: true, columns: 40 } })).toThrow(
    /has 40 columns, the screen needs 60/,
  )
})
