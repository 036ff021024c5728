import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createControllerFiles } from '../../src/tasks/controller-files.ts'
import { ustar } from '../../src/tasks/tar.ts'

let dir: string
let now = 0
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'files-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const make = () => createControllerFiles({ playbookDir: dir, assetsDir: '/assets', now: () => now })

test('relative paths are looked up in files/ first, then beside the playbook; a miss names the places', () => {
  mkdirSync(join(dir, 'files'))
  for (const name of ['a', 'files/a', 'b']) writeFileSync(join(dir, name), '')
  const files = make()
  expect(files.resolve('a', ['files'])).toBe(join(dir, 'files/a'))
  expect(files.resolve('b', ['files'])).toBe(join(dir, 'b'))
  expect(files.resolve(join(dir, 'b'))).toBe(join(dir, 'b'))
  expect(() => files.resolve('c', ['files'])).toThrow(
    `"c" does not exist on the controller\n  tried ${dir}/files/c, ${dir}/c`,
  )
})

test('a digest is computed once, and again when the file changed', async () => {
  const path = join(dir, 'f')
  writeFileSync(path, 'hello')
  const files = make()
  const first = await files.file(path)
  expect(first).toMatchObject({ sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', size: 5 })
  expect(await files.file(path)).toBe(first)
  writeFileSync(path, 'other')
  utimesSync(path, 1, 1)
  now += 2_000
  const second = await files.file(path)
  expect(second.sha256).not.toBe(first.sha256)
  expect([first, second].map((content) => Buffer.from(files.read(content)).toString())).toEqual(['hello', 'other'])
})

test('a big file is streamed, read when it is needed, and refused when it changed meanwhile', async () => {
  const path = join(dir, 'big')
  writeFileSync(path, Buffer.alloc(5 * 1024 * 1024, 'x'))
  const files = make()
  const content = await files.file(path)
  expect(files.read(content)).toHaveLength(content.size)
  const fresh = make()
  const again = await fresh.file(path)
  writeFileSync(path, Buffer.alloc(5 * 1024 * 1024, 'y'))
  expect(() => fresh.read(again)).toThrow(/changed while the run was using it/)
})

test('a tree has its files and directories by name; links stay inside', async () => {
  mkdirSync(join(dir, 't/sub/empty'), { recursive: true })
  writeFileSync(join(dir, 't/z'), 'z', { mode: 0o755 })
  writeFileSync(join(dir, 't/sub/a'), 'a')
  symlinkSync('../z', join(dir, 't/sub/link'))
  const files = make()
  const tree = await files.tree(join(dir, 't'))
  expect(tree.map(({ name, mode }) => [name, mode.toString(8)])).toEqual([
    ['sub/a', '644'],
    ['sub/link', '755'],
    ['z', '755'],
  ])
  expect(await files.directories(join(dir, 't'))).toEqual(['sub', 'sub/empty'])
  expect(await files.list(join(dir, 't'))).toEqual(['sub', 'z'])
  expect(await files.list(join(dir, 'none'))).toEqual([])
})

test.each([
  ['/etc/passwd', /leads out of/],
  ['nowhere', /leads nowhere/],
  ['sub', /no file/],
])('a tree with a link to %s is refused', async (target, message) => {
  mkdirSync(join(dir, 't/sub'), { recursive: true })
  symlinkSync(target, join(dir, 't/link'))
  await expect(make().tree(join(dir, 't'))).rejects.toThrow(message)
})

test('what can not be read is said plainly', async () => {
  await expect(make().file(join(dir, 'none'))).rejects.toThrow(/cannot read .*none: ENOENT/)
  await expect(make().file(dir)).rejects.toThrow(/is not a regular file/)
  await expect(make().tree(join(dir, 'none'))).rejects.toThrow(/cannot read the directory/)
  writeFileSync(join(dir, 'latin'), Buffer.from([0xe4]))
  await expect(make().text(join(dir, 'latin'))).rejects.toThrow(/is not UTF-8/)
})

test('the same set of files gives the same archive, built once', () => {
  const files = make()
  const entries = () => [
    { name: 'd', mode: 0o755 },
    { name: 'd/a', mode: 0o600, content: files.bytes('A') },
  ]
  expect(files.tar(entries())).toBe(files.tar(entries()))
  expect(
    make().tar(
      entries()
        .map((entry) => ({ ...entry }))
        .slice(0, 1),
    ),
  ).toHaveLength(1536)
})

test('tar unpacks what ustar packs', { timeout: 30_000 }, () => {
  const part = fc
    .string({ minLength: 1, maxLength: 30 })
    .filter((text) => !/[/\0]/.test(text) && !/^\.{1,2}$/.test(text) && Buffer.from(text).toString() === text)
  const file = fc.tuple(
    fc.array(part, { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 0, max: 0o777 }),
    fc.uint8Array({ maxLength: 1200 }),
  )
  let round = 0
  fc.assert(
    fc.property(file, ([parts, bits, data]) => {
      const to = join(dir, String(++round))
      mkdirSync(to)
      const mode = bits | 0o400
      execFileSync('tar', ['-x', '-p', '-f', '-', '-C', to], { input: ustar([{ name: parts.join('/'), mode, data }]) })
      expect(new Uint8Array(readFileSync(join(to, ...parts)))).toEqual(data)
      expect(statSync(join(to, ...parts)).mode & 0o7777).toBe(mode)
    }),
    { numRuns: 40 },
  )
})

test.each([['/abs'], ['a/../b'], [''], ['a\0b']])('%j is no name for an archive', (name) => {
  expect(() => ustar([{ name, mode: 0o644, data: new Uint8Array() }])).toThrow(RangeError)
})

test('a name that is too long is refused by name', () => {
  expect(() => ustar([{ name: 'x'.repeat(101), mode: 0o644, data: new Uint8Array() }])).toThrow(
    /too long for an archive/,
  )
})
