import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadPlugins } from '../../src/tasks/plugins.ts'
import { createRegistry } from '../../src/tasks/registry.ts'
import { LocalHost } from './generic/local-host.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plugins-'))
  mkdirSync(join(dir, 'plugins'), { mode: 0o755 })
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function plugin(name: string, text: string, mode = 0o644): string {
  const path = join(dir, 'plugins', name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const load = (uid?: number) => loadPlugins({ playbookDirs: [dir], uid })
const GOOD = `({ z }) => ({ name: 'mine', summary: 's', example: 'e', args: z.strictObject({}), probes: () => ({}), check: () => ({ kind: 'ok' }) })`

test('the example of the docs loads, and sets a host name for real', async () => {
  const docs = readFileSync(new URL('../../docs/plugins.md', import.meta.url), 'utf8')
  plugin('hostname.mjs', /```js\n(.*?)```/s.exec(docs)?.[1] ?? '')
  const registry = createRegistry(await load())
  const task = registry.get('hostname')
  if (!task) throw new Error('not registered')
  expect(registry.names()).toContain('hostname')
  const host = new LocalHost()
  try {
    const path = join(host.dir, 'hostname')
    const { before } = await host.converge(task, { name: 'web1', path })
    expect(before).toMatchObject({ summary: 'calls the host web1' })
    expect(readFileSync(path, 'utf8')).toBe('web1\n')
    expect(() => task.args.parse({ name: 'Web_1' })).toThrow()
  } finally {
    host.remove()
  }
})

test('a directory without plugins is fine, one that was asked for must exist', async () => {
  expect(await loadPlugins({ playbookDirs: [join(dir, 'none')] })).toEqual([])
  await expect(loadPlugins({ playbookDirs: [], pluginPaths: [join(dir, 'none')] })).rejects.toThrow(
    /cannot read the plugin directory/,
  )
})

test.each([
  ['throws at import', `throw new Error('oops')`, /cannot be loaded: Error: oops/],
  ['is no JavaScript', `export default {`, /the plugin cannot be loaded: \w*Error: /],
  ['has no default export', `export const x = 1`, /no task as its default export/],
  [
    'has a function that throws',
    `export default () => { throw new TypeError('no') }`,
    /function failed: TypeError: no/,
  ],
  ['lacks keys', `export default { name: 'x', summary: 's' }`, /the task lacks args, example, probes, check/],
  [
    'has an unknown key',
    `export default (t) => ({ ...(${GOOD})(t), probe: 1 })`,
    /no key "probe".*did you mean "probes"/s,
  ],
  [
    'has a wrong type',
    `export default (t) => ({ ...(${GOOD})(t), check: 'ok' })`,
    /check must be a function, not a string/,
  ],
  [
    'has arguments that are no zod type',
    `export default (t) => ({ ...(${GOOD})(t), args: {} })`,
    /args must be a zod type/,
  ],
  ['has a bad name', `export default (t) => ({ ...(${GOOD})(t), name: 'My-Task' })`, /lower-case/],
  ['takes a built-in name', `export default (t) => ({ ...(${GOOD})(t), name: 'copy' })`, /"copy" is built in/],
  [
    'takes the name of an alias',
    `export default (t) => ({ ...(${GOOD})(t), name: 'ansible.builtin.copy' })`,
    /is built in/,
  ],
  [
    'both compiles and applies',
    `export default (t) => ({ ...(${GOOD})(t), compile() {}, apply() {} })`,
    /both compile and apply/,
  ],
])('a plugin that %s is refused, with its file', async (_, text, message) => {
  const path = plugin('p.mjs', text)
  await expect(load()).rejects.toThrow(message)
  await expect(load()).rejects.toThrow(path)
})

test('two plugins of one name are refused', async () => {
  plugin('a.mjs', `export default ${GOOD}`)
  plugin('b.mjs', `export default ${GOOD}`)
  await expect(load()).rejects.toThrow(/b\.mjs: .*a\.mjs has a task named "mine" already/)
})

test('for root, code that others can write is refused; for anybody else it is their own business', async () => {
  const path = plugin('p.mjs', `export default ${GOOD}`, 0o664)
  await expect(load(0)).rejects.toThrow(/p\.mjs can be written by others.*chmod go-w/s)
  expect(await load(1000)).toHaveLength(1)
  chmodSync(path, 0o644)
  chmodSync(join(dir, 'plugins'), 0o777)
  await expect(load(0)).rejects.toThrow(/plugins can be written by others/)
})
