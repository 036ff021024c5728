import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../../src/tasks/upgrade/digest.ts'
import { parseShownFiles, SHOW_FILES } from '../../../src/tasks/upgrade/staged-files.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'upgrade-push-shown-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** What a shell says of these files, which are laid out first. */
function shown(files: Readonly<Record<string, string | Buffer>>, paths: string, known: readonly string[] = []) {
  rmSync(dir, { recursive: true })
  mkdirSync(dir)
  for (const [place, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, place)), { recursive: true })
    writeFileSync(join(dir, place), content)
    chmodSync(join(dir, place), 0o640)
  }
  const script = `known='${known.join(' ')}'\n${SHOW_FILES}\nshow_files ${paths}\necho end`
  return parseShownFiles(execFileSync('sh', ['-c', script], { cwd: dir, encoding: 'utf8' }))
}

const is = (content: string | Buffer) => `640 ${process.getuid?.()}:${process.getgid?.()} ${sha256(content)}`

test.each([
  ['a', '.'],
  ['units/sysroot-srv\\x2ddata.mount', '.'],
  ['dracut/a \\n b/c  d', 'dracut'],
  ['dracut/ ./x', 'dracut'],
  ["dracut/$(x)'`*", 'dracut nothing'],
])('of %j the place is told as it is', (place, paths) => {
  const { files, texts } = shown({ [place]: 'x\n' }, paths)
  expect(files).toEqual({ [place]: is('x\n') })
  expect(texts).toEqual({ [place]: 'x\n' })
})

test('texts of what is known, large or no text are not told', () => {
  const large = `${'x'.repeat(16384)}\n`
  const files = { known: 'k\n', large, binary: Buffer.from([1, 0, 2]), empty: '', lines: '|a\ntext b\nsum c\n' }
  const { files: all, texts, others } = shown(files, '.', [sha256('k\n')])
  expect(all).toEqual(Object.fromEntries(Object.entries(files).map(([place, content]) => [place, is(content)])))
  expect(texts).toMatchObject({ lines: files.lines })
  expect(Object.keys(texts).sort()).toEqual(['empty', 'lines'])
  expect(others.filter((line) => line !== '')).toEqual(['end'])
})

test('any content that is text comes back', () => {
  const text = fc.array(fc.string({ unit: fc.constantFrom('a', '|', ' ', '\\', 'text x', 'mode 644 0:0 y', '\t') }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(text, (lines) => {
      const content = `${lines.join('\n')}\n`
      const { files, texts } = shown({ f: content }, '.')
      expect(files).toEqual({ f: is(content) })
      expect(texts).toEqual({ f: content })
    }),
    { numRuns: 60 },
  )
})

test('a file that went away in between is never as it should be', () => {
  expect(parseShownFiles(`mode 644 0:0 gone\nsum ${'a'.repeat(64)} new\n`).files).toEqual({
    gone: '644 0:0 ?',
    new: `? ${'a'.repeat(64)}`,
  })
})
