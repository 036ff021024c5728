import { expect, test } from 'vitest'
import { bootProbe } from '../../../src/tasks/upgrade/copy-boot-probe.ts'

const told = (type: string, mode: string) =>
  bootProbe.parse({
    code: 0,
    stdout: `arch x86_64\nspace 4096 1000 ${type}\nmode ${mode}\n`,
    stderr: '',
    truncated: false,
  }).readable

test.each([
  ['msdos', '755', true],
  ['msdos', '750', true],
  ['msdos', '700', false],
  // Here the files' own modes count.
  ['xfs', '755', false],
  ['ext2/ext3', '555', false],
])('/boot on %s with mode %s: readable by others is %s', (type, mode, readable) => {
  expect(told(type, mode)).toBe(readable)
})
