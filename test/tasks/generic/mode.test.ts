import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMode, showMode, wantedBits } from '../../../src/tasks/generic/mode.ts'

test.each([
  ['0644', 0o644],
  ['644', 0o644],
  ['0o755', 0o755],
  ['4755', 0o4755],
  [0o644, 0o644],
  [0o755, 0o755],
  [0o777, 0o777],
  [0o1777, 0o1777],
  [0o2770, 0o2770],
])('%j is mode %d', (text, bits) => {
  expect(wantedBits(parseMode(text), 0, false)).toBe(bits)
})

test('no usual mode that YAML read as octal is taken for a mistake', () => {
  for (const bits of [
    0o400, 0o440, 0o444, 0o500, 0o550, 0o555, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666, 0o700, 0o710, 0o711, 0o750,
    0o751, 0o755, 0o770, 0o771, 0o775, 0o777, 0o1777, 0o2755, 0o2770, 0o2775, 0o4755, 0o4711,
  ]) {
    expect(parseMode(bits)).toEqual({ kind: 'octal', bits })
  }
})

test.each([
  [644, /write '0644' in quotes/],
  [755, /write '0755' in quotes/],
  [1777, /write '01777' in quotes/],
  [8.5, /not a file mode/],
  [-1, /not a file mode/],
  [99999, /not a file mode/],
  ['9', /not a file mode/],
  ['0888', /not a file mode/],
  ['', /not a file mode/],
  ['u=rwz', /not a file mode/],
  ['+x', /write a\+x/],
])('%j is refused', (text, message) => {
  expect(() => parseMode(text)).toThrow(message)
})

test('symbolic modes mean what chmod makes of them', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mode-'))
  const clause = fc
    .tuple(
      fc.subarray(['u', 'g', 'o'], { minLength: 1 }),
      fc.constantFrom('+', '-', '='),
      fc.subarray(['r', 'w', 'x', 'X', 's', 't']),
    )
    .map(([who, op, perms]) => `${who.join('')}${op}${perms.join('')}`)
  const text = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(','))
  try {
    const file = join(dir, 'f')
    writeFileSync(file, '')
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 0o7777 }), fc.boolean(), (mode, before, isDirectory) => {
        const path = isDirectory ? dir : file
        chmodSync(path, before)
        execFileSync('chmod', ['--', mode, path])
        const expected = statSync(path).mode & 0o7777
        chmodSync(dir, 0o700)
        expect(`${mode} on ${showMode(before)}: ${showMode(wantedBits(parseMode(mode), before, isDirectory))}`).toBe(
          `${mode} on ${showMode(before)}: ${showMode(expected)}`,
        )
      }),
      { numRuns: 150 },
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
