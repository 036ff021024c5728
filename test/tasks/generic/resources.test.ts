import { expect, test } from 'vitest'
import { meets, type Resource, type Verdict } from '../../../src/tasks/contract.ts'
import { copyTask } from '../../../src/tasks/generic/copy.ts'
import { fileTask } from '../../../src/tasks/generic/file.ts'
import { pathProbe } from '../../../src/tasks/generic/path-probe.ts'
import { LocalHost } from './local-host.ts'

/** Whether a pending change makes what a later `copy` to the path would be told unsure. */
async function alters(host: LocalHost, change: Verdict<unknown>, dest: string): Promise<boolean> {
  const args = copyTask.args.parse({ content: 'x', dest })
  const local = await copyTask.load?.(args, host.files)
  const reads = Object.values(copyTask.probes(args, local as never)).flatMap((probe) => probe?.reads ?? [])
  const touches = change.kind === 'change' ? change.touches : []
  return touches.some((touch) => reads.some((read) => meets(touch, read)))
}

test('a directory that is made alters what is below it; its mode does not', async () => {
  const host = new LocalHost()
  try {
    const made = await host.check(fileTask, { path: `${host.dir}/a/b`, state: 'directory' })
    expect(await alters(host, made, `${host.dir}/a/b/f`)).toBe(true)
    expect(await alters(host, made, `${host.dir}/a/f`)).toBe(true)
    expect(await alters(host, made, `${host.dir}/other`)).toBe(false)
    const mode = await host.check(fileTask, { path: host.dir, mode: '0700' })
    expect(mode.kind).toBe('change')
    expect(await alters(host, mode, `${host.dir}/f`)).toBe(false)
    const written = await host.check(copyTask, { content: 'y', dest: `${host.dir}/f` })
    expect(await alters(host, written, `${host.dir}/f`)).toBe(true)
    expect(await alters(host, written, `${host.dir}/g`)).toBe(false)
  } finally {
    host.remove()
  }
})

test('a tree that goes alters everything below and at it', () => {
  const gone: Resource = 'tree:/srv/a'
  for (const path of ['/srv/a', '/srv/a/b/c'])
    expect(pathProbe(path).reads.some((read) => meets(gone, read))).toBe(true)
  expect(pathProbe('/srv/ab').reads.some((read) => meets(gone, read))).toBe(false)
})
