import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editScript } from '../../src/render/edit-script.ts'
import { unifiedDiff } from '../../src/render/unified-diff.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 40 })

test('an edit script rebuilds both texts', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const edits = editScript(before, after)
      expect(edits.filter((edit) => edit.kind !== '+').map((edit) => edit.line)).toEqual(before)
      expect(edits.filter((edit) => edit.kind !== '-').map((edit) => edit.line)).toEqual(after)
    }),
  )
})

test('texts too far apart are replaced whole', () => {
  const before = Array.from({ length: 900 }, (_, i) => `old ${i}`)
  const after = Array.from({ length: 900 }, (_, i) => `new ${i}`)
  expect(editScript(before, after)).toHaveLength(1800)
})

test('equal texts have no hunks', () => {
  expect(unifiedDiff('a\n', 'a\n')).toEqual([])
})

test.each([
  ['', 'new\n', ['@@ -0,0 +1 @@', '+new']],
  ['old\n', '', ['@@ -1 +0,0 @@', '-old']],
  ['a', 'a\n', ['@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a']],
])('%j to %j', (before, after, expected) => {
  expect(unifiedDiff(before, after)).toEqual(expected)
})

test('patch takes every diff', () => {
  const dir = mkdtempSync(join(tmpdir(), 'diff-'))
  const text = fc.tuple(lines, fc.boolean()).map(([all, end]) => all.join('\n') + (end ? '\n' : ''))
  try {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const hunks = unifiedDiff(before, after)
        if (hunks.length === 0) return
        const file = join(dir, 'file')
        writeFileSync(file, before)
        const input = `--- a\n+++ b\n${hunks.join('\n')}\n`
        const patched = execFileSync('patch', ['-s', '-o', '-', file], { input, encoding: 'utf8' })
        expect(patched).toBe(after)
      }),
      { numRuns: 60 },
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
