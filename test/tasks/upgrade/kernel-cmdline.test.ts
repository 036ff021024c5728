import fc from 'fast-check'
import { expect, test } from 'vitest'
import { argMatches, formatCmdline, parseArg, parseCmdline } from '../../../src/tasks/upgrade/kernel-cmdline.ts'

test('splits at white space outside double quotes', () => {
  expect(parseCmdline('root=UUID=1 ro  dyndbg="file a.c +p; file b.c +p"\tquiet\n')).toEqual([
    { text: 'root=UUID=1', key: 'root', value: 'UUID=1' },
    { text: 'ro', key: 'ro', value: undefined },
    { text: 'dyndbg="file a.c +p; file b.c +p"', key: 'dyndbg', value: 'file a.c +p; file b.c +p' },
    { text: 'quiet', key: 'quiet', value: undefined },
  ])
})

test('a quote that is never closed runs to the end of the line', () => {
  expect(parseCmdline('a="b c d').map(({ text }) => text)).toEqual(['a="b c d'])
})

test('the quotes may stand around the whole argument', () => {
  expect(parseArg('"key=a b"')).toMatchObject({ key: 'key', value: 'a b' })
})

test('a pattern without a value names any value, and dashes are underscores', () => {
  expect(argMatches(parseArg('resume'), parseArg('resume=UUID=1'))).toBe(true)
  expect(argMatches(parseArg('enforcing=1'), parseArg('enforcing=0'))).toBe(false)
  expect(argMatches(parseArg('nvme-core.multipath'), parseArg('nvme_core.multipath=N'))).toBe(true)
  expect(argMatches(parseArg('resume'), parseArg('resume_offset=4'))).toBe(false)
})

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}(=[A-Za-z0-9:/,._-]{0,12})?$/),
  fc.stringMatching(/^[a-z]{1,5}="[a-z =]{0,12}"$/),
)

test('what was split and joined again is split the same way', () => {
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const args = parseCmdline(words.join('  '))
      expect(args.map(({ text }) => text)).toEqual(words)
      expect(parseCmdline(formatCmdline(args))).toEqual(args)
    }),
  )
})
