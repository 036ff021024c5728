import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyTask } from '../../../src/tasks/generic/copy.ts'
import { tempName } from '../../../src/tasks/generic/temp-name.ts'
import { LocalHost } from './local-host.ts'

describe.each(['/bin/dash', '/bin/bash'])('under %s', (shell) => {
  let host: LocalHost
  beforeEach(() => {
    host = new LocalHost(shell)
  })
  afterEach(() => host.remove())

  const at = (name: string) => join(host.dir, name)
  const mode = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8)

  test('a text becomes a file with its mode, and the diff shows it', async () => {
    const { before } = await host.converge(copyTask, { content: 'hello\n', dest: at('motd'), mode: '0640' })
    expect(before).toMatchObject({
      diff: [{ kind: 'text', path: at('motd'), before: '', after: 'hello\n' }],
      touches: [`path:${at('motd')}`],
    })
    expect([readFileSync(at('motd'), 'utf8'), mode('motd')]).toEqual(['hello\n', '640'])
    expect(readdirSync(host.dir)).toEqual(['motd'])
  })

  test('a changed file keeps its mode, and its old text is in the diff', async () => {
    writeFileSync(at('f'), 'old\n', { mode: 0o4711 })
    chmodSync(at('f'), 0o4711)
    const { before } = await host.converge(copyTask, { content: 'new\n', dest: at('f') })
    expect(before).toMatchObject({ diff: [{ before: 'old\n', after: 'new\n' }] })
    expect(mode('f')).toBe('4711')
  })

  test('only the mode differs: no content travels', async () => {
    writeFileSync(at('f'), 'same')
    chmodSync(at('f'), 0o600)
    const { before } = await host.converge(copyTask, { content: 'same', dest: at('f'), mode: 'u=rw,go=r' })
    expect(before).toMatchObject({ summary: `sets mode or owner of ${at('f')}`, spec: { files: [] } })
  })

  test('owner and group by name and by number', async () => {
    if (process.getuid?.() !== 0) return
    await host.converge(copyTask, { content: 'x', dest: at('f'), owner: 'nobody', group: 12 })
    expect(statSync(at('f')).gid).toBe(12)
    expect(await host.check(copyTask, { content: 'x', dest: at('f'), owner: 'nosuchuser' })).toMatchObject({
      kind: 'refuse',
      reason: 'the host has no user "nosuchuser"',
    })
  })

  test('a file lands in a directory under its own name, which is made when dest ends with a slash', async () => {
    mkdirSync(join(host.playbookDir, 'files'))
    writeFileSync(join(host.playbookDir, 'files', 'app.conf'), 'a=1\n')
    mkdirSync(at('etc'))
    await host.converge(copyTask, { src: 'app.conf', dest: at('etc') })
    await host.converge(copyTask, { src: 'app.conf', dest: `${at('new/deep')}/` })
    expect(readFileSync(at('etc/app.conf'), 'utf8')).toBe('a=1\n')
    expect(existsSync(at('new/deep/app.conf'))).toBe(true)
    expect(await host.check(copyTask, { src: 'app.conf', dest: at('missing/app.conf') })).toMatchObject({
      kind: 'refuse',
      reason: `the directory ${at('missing')} does not exist`,
    })
    expect(await host.check(copyTask, { content: 'x', dest: at('etc') })).toMatchObject({ kind: 'refuse' })
  })

  test('a tree: the slash decides whether its own name is kept; a second copy sends only what differs', async () => {
    const odd = "it's\n a \\ $(name)"
    mkdirSync(join(host.playbookDir, 'tree/sub/empty'), { recursive: true })
    writeFileSync(join(host.playbookDir, 'tree/a'), 'A')
    writeFileSync(join(host.playbookDir, 'tree/sub', odd), 'odd')
    writeFileSync(join(host.playbookDir, 'tree/run.sh'), '#!/bin/sh\n', { mode: 0o755 })
    await host.converge(copyTask, { src: 'tree/', dest: at('inside'), mode: 'preserve' })
    expect(readFileSync(at(`inside/sub/${odd}`), 'utf8')).toBe('odd')
    expect(mode('inside/run.sh')).toBe('755')
    expect(statSync(at('inside/sub/empty')).isDirectory()).toBe(true)
    writeFileSync(at('inside/a'), 'changed')
    const again = await host.converge(copyTask, { src: 'tree/', dest: at('inside'), mode: 'preserve' })
    expect(again.before).toMatchObject({ spec: { files: [{ path: at('inside/a') }], directories: [] } })
    await host.converge(copyTask, { src: 'tree', dest: at('outside') })
    expect(existsSync(at('outside/tree/a'))).toBe(true)
    expect(readdirSync(at('inside')).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('any file names and bytes arrive as they are', { timeout: 60_000 }, async () => {
    const name = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => !/[/\0]/.test(text) && !/^\.{1,2}$/.test(text) && Buffer.from(text).toString() === text)
    const tree = fc.dictionary(name, fc.uint8Array({ maxLength: 50 }), {
      minKeys: 1,
      maxKeys: 6,
      noNullPrototype: true,
    })
    let round = 0
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const from = `tree${++round}`
        mkdirSync(join(host.playbookDir, from))
        for (const [file, data] of Object.entries(files)) writeFileSync(join(host.playbookDir, from, file), data)
        await host.converge(copyTask, { src: `${from}/`, dest: at(from) })
        for (const [file, data] of Object.entries(files)) {
          expect(new Uint8Array(readFileSync(at(`${from}/${file}`)))).toEqual(data)
        }
      }),
      { numRuns: 12 },
    )
  })

  test('a link is replaced by the file, what it led to stays', async () => {
    writeFileSync(at('target'), 'T')
    symlinkSync('target', at('link'))
    await host.converge(copyTask, { content: 'T', dest: at('link') })
    expect(lstatSync(at('link')).isFile()).toBe(true)
    writeFileSync(at('victim'), 'keep me')
    symlinkSync('victim', tempName(at('f')))
    await host.converge(copyTask, { content: 'evil', dest: at('f') })
    expect(readFileSync(at('victim'), 'utf8')).toBe('keep me')
  })

  test('force: false leaves a file alone; backup keeps the old one; validate can refuse the new one', async () => {
    writeFileSync(at('f'), 'old')
    expect(await host.check(copyTask, { content: 'new', dest: at('f'), force: false })).toMatchObject({ kind: 'ok' })
    const { done } = await host.converge(copyTask, { content: 'new', dest: at('f'), backup: true })
    expect(readFileSync(done.result.backup_file as string, 'utf8')).toBe('old')
    const args = { content: 'bad', dest: at('f'), validate: 'grep -q good %s' }
    const refused = host.run(copyTask, await host.check(copyTask, args))
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('was not accepted by: grep -q good %s') })
    expect(readFileSync(at('f'), 'utf8')).toBe('new')
    expect(readdirSync(host.dir).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('what arrives damaged or cut never gets the name', async () => {
    writeFileSync(at('f'), 'old')
    const verdict = await host.check(copyTask, { content: 'new content', dest: at('f') })
    const frame = copyTask.compile?.((verdict as unknown as { spec: never }).spec, host.files)
    for (const payload of ['new c0ntent', 'new', '']) {
      expect(host.sh(frame?.script ?? '', Buffer.from(payload)).code).not.toBe(0)
      expect(readFileSync(at('f'), 'utf8')).toBe('old')
    }
    expect(readdirSync(host.dir)).toEqual(['f'])
  })

  test('binary and big files are told by size and digest', async () => {
    writeFileSync(at('bin'), Buffer.from([0, 255, 1]))
    const verdict = await host.check(copyTask, { content: 'text', dest: at('bin') })
    expect(verdict).toMatchObject({
      diff: [{ kind: 'items', changed: [expect.stringMatching(/^.*\/bin: 3 bytes, sha256 .* -> 4 bytes/)] }],
    })
    const { before } = await host.converge(copyTask, { content: 'x'.repeat(100_000), dest: at('big') })
    expect(before).toMatchObject({ diff: [{ kind: 'items', added: [`${at('big')} (100000 bytes)`] }] })
  })

  test('a pipe in the place of the file is replaced, not read', { timeout: 5000 }, async () => {
    host.sh(`mkfifo '${at('pipe')}'`)
    await host.converge(copyTask, { content: 'x', dest: at('pipe') })
  })
})

test.each([
  [{ dest: '/x' }, /needs something to copy/],
  [{ content: 'x', src: 'y', dest: '/x' }, /needs something to copy/],
  [{ content: 'x', dest: 'relative' }, /absolute/],
  [{ content: 'x', dest: '/a/../b' }, /\.\./],
  [{ content: 'x', dest: '/dir/' }, /must be a file/],
  [{ content: 'x', dest: '/x', mode: 644 }, /'0644' in quotes/],
  [{ content: 'x', dest: '/x', mode: 'rw' }, /not a file mode/],
  [{ content: 'x', dest: '/x', validate: 'true' }, /must hold %s/],
  [{ content: 'x', dest: '/x', remote_src: true }, /remote_src/],
])('copy refuses %j', (args, message) => {
  expect(() => copyTask.args.parse(args)).toThrow(message)
})
