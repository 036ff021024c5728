import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileTask } from '../../../src/tasks/generic/file.ts'
import { LocalHost } from './local-host.ts'

describe.each(['/bin/dash', '/bin/bash'])('under %s', (shell) => {
  let host: LocalHost
  beforeEach(() => {
    host = new LocalHost(shell)
  })
  afterEach(() => host.remove())

  const at = (name: string) => join(host.dir, name)
  const mode = (name: string) => (lstatSync(at(name)).mode & 0o7777).toString(8)
  const refused = async (args: unknown) => {
    const verdict = await host.check(fileTask, args)
    return verdict.kind === 'refuse' ? verdict.reason : verdict.kind
  }

  test('a directory is made with its parents, each with the mode', async () => {
    const { before } = await host.converge(fileTask, { path: at('a/b/c'), state: 'directory', mode: '2750' })
    expect([mode('a'), mode('a/b/c')]).toEqual(['2750', '2750'])
    expect(before).toMatchObject({
      touches: ['a', 'a/b', 'a/b/c'].flatMap((dir) => [`path:${at(dir)}`, `path:${at(dir)}/.`]),
    })
    await host.converge(fileTask, { path: at('a'), state: 'directory', mode: '0755' })
    expect(mode('a')).toBe('755')
  })

  test('a symbolic mode counts from what is there', async () => {
    writeFileSync(at('f'), '')
    chmodSync(at('f'), 0o666)
    await host.converge(fileTask, { path: at('f'), mode: 'u+x,go-w' })
    expect(mode('f')).toBe('744')
  })

  test('recurse sets everything below, links are left alone', async () => {
    mkdirSync(at('tree/sub'), { recursive: true })
    writeFileSync(at('tree/sub/f'), '', { mode: 0o600 })
    writeFileSync(at('outside'), '', { mode: 0o600 })
    symlinkSync(at('outside'), at('tree/link'))
    const { before } = await host.converge(fileTask, { path: at('tree'), recurse: true, mode: 'u=rwX,go=rX' })
    expect([mode('tree/sub'), mode('tree/sub/f'), mode('outside')]).toEqual(['755', '644', '600'])
    expect(before).toMatchObject({ touches: [`tree:${at('tree')}`] })
    if (process.getuid?.() === 0) {
      await host.converge(fileTask, { path: at('tree'), recurse: true, mode: '0700', owner: 'nobody', group: 12 })
      expect([lstatSync(at('tree/link')).gid, statSync(at('outside')).gid]).toEqual([12, 0])
    }
  })

  test('absent removes a tree, a link alone, and nothing of the system', async () => {
    mkdirSync(at('tree/sub'), { recursive: true })
    writeFileSync(at('keep'), '')
    symlinkSync('keep', at('link'))
    await host.converge(fileTask, { path: at('tree'), state: 'absent' })
    await host.converge(fileTask, { path: at('link'), state: 'absent' })
    expect([existsSync(at('tree')), existsSync(at('keep'))]).toEqual([false, true])
    for (const path of ['/', '//', '/etc', '/usr/'])
      expect(await refused({ path, state: 'absent' })).toMatch('never removed')
  })

  test('touch makes a file; with both times preserved it is idempotent', async () => {
    const times = { access_time: 'preserve', modification_time: 'preserve' }
    await host.converge(fileTask, { path: at('f'), state: 'touch', mode: '0600', ...times })
    expect([readFileSync(at('f'), 'utf8'), mode('f')]).toEqual(['', '600'])
    const verdict = await host.check(fileTask, { path: at('f'), state: 'touch' })
    expect(verdict.kind).toBe('action')
    expect(host.run(fileTask, verdict).code).toBe(0)
    const fresh = await host.check(fileTask, { path: at('g'), state: 'touch' })
    expect([fresh.kind, host.run(fileTask, fresh).code, existsSync(at('g'))]).toEqual(['action', 0, true])
  })

  test('links are made, corrected in one step, and refused where something stands', async () => {
    writeFileSync(at('one'), '1')
    writeFileSync(at('two'), '2')
    await host.converge(fileTask, { path: at('link'), src: 'one', state: 'link' })
    await host.converge(fileTask, { path: at('link'), src: at('two'), state: 'link' })
    expect(readlinkSync(at('link'))).toBe(at('two'))
    expect(await refused({ path: at('link'), src: 'missing', state: 'link' })).toMatch('missing does not exist')
    expect(await refused({ path: at('one'), src: 'two', state: 'link' })).toMatch('is a file already')
    await host.converge(fileTask, { path: at('one'), src: 'nowhere', state: 'link', force: true })
    mkdirSync(at('dir'))
    expect(await refused({ path: at('dir'), src: 'two', state: 'link', force: true })).toMatch('is a directory')
  })

  test('hard links are two names of one file', async () => {
    writeFileSync(at('one'), '1')
    writeFileSync(at('two'), '2')
    await host.converge(fileTask, { path: at('name'), src: at('one'), state: 'hard' })
    expect(statSync(at('name')).ino).toBe(statSync(at('one')).ino)
    expect(await refused({ path: at('two'), src: at('one'), state: 'hard' })).toMatch('already')
    await host.converge(fileTask, { path: at('two'), src: at('one'), state: 'hard', force: true, mode: '0600' })
    expect(mode('one')).toBe('600')
  })

  test('what is there is kept by default; what is missing is refused', async () => {
    mkdirSync(at('dir'))
    await host.converge(fileTask, { path: at('dir'), mode: '0700' })
    expect(await refused({ path: at('none'), mode: '0700' })).toMatch('does not exist')
    expect(await refused({ path: at('dir'), state: 'file' })).toMatch('is a directory, not a file')
    writeFileSync(at('f'), '')
    expect(await refused({ path: at('f'), state: 'directory' })).toMatch('is a file, not a directory')
    expect(await refused({ path: at('f/below'), state: 'directory' })).toMatch('is not a directory')
  })

  test('modes go to what a link leads to, unless it is not followed', async () => {
    writeFileSync(at('f'), '', { mode: 0o600 })
    symlinkSync('f', at('link'))
    const { before } = await host.converge(fileTask, { path: at('link'), mode: '0640' })
    expect([mode('f'), before.touches]).toEqual(['640', [`path:${at('link')}`, `path:${at('f')}`]])
    expect(await refused({ path: at('link'), mode: '0600', follow: false })).toMatch('no mode of its own')
  })

  test('odd names are names', async () => {
    const odd = at("it's a $(touch x)\n`name` -rf \\")
    await host.converge(fileTask, { path: odd, state: 'directory' })
    await host.converge(fileTask, { path: `${odd}/l`, src: odd, state: 'link' })
    await host.converge(fileTask, { path: odd, state: 'absent' })
  })
})

test.each([
  [{}, /exactly one of/],
  [{ path: '/a', dest: '/b' }, /exactly one of/],
  [{ path: '/a', state: 'link' }, /needs src/],
  [{ path: '/a', src: '/b' }, /is only for/],
  [{ path: '/a', state: 'hard', src: 'b' }, /absolute/],
  [{ path: '/a', state: 'link', src: 'b', mode: '0777' }, /no mode of its own/],
  [{ path: '/a', state: 'absent', recurse: true }, /is only for state: directory/],
  [{ path: '/a', state: 'gone' }, /state/],
  [{ path: '/a', mode: 755 }, /'0755' in quotes/],
])('file refuses %j', (args, message) => {
  expect(() => fileTask.args.parse(args)).toThrow(message)
})
