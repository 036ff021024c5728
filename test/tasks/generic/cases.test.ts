import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ControllerFiles } from '../../../src/tasks/contract.ts'
import { createRegistry } from '../../../src/tasks/registry.ts'

/** One situation: arguments and facts in, verdict out. `script` is the whole compiled section. */
interface Case {
  readonly args: unknown
  readonly facts: Record<string, unknown>
  readonly local?: { readonly texts?: Record<string, string> }
  readonly verdict: { readonly kind: string }
  /** Why nothing is to be done: an ok without a reason is how a check that checks nothing slips in. */
  readonly reason?: string
  readonly script?: string
}

const dir = new URL('../../cases/generic/', import.meta.url).pathname
const registry = createRegistry()

describe.each(readdirSync(dir))('%s', (name) => {
  test.each(readdirSync(join(dir, name)))('%s', (file) => {
    const given = JSON.parse(readFileSync(join(dir, name, file), 'utf8')) as Case
    const task = registry.get(name)
    if (!task) throw new Error(`no task ${name}`)
    if (given.verdict.kind === 'ok') expect(given.reason, 'an ok needs its reason').toMatch(/\w/)
    const verdict = task.check({
      args: task.args.parse(given.args),
      facts: revived(given.facts),
      local: given.local && { ...given.local, text: ({ sha256 }: { sha256: string }) => given.local?.texts?.[sha256] },
      given: {},
      host: 'case',
      mode: 'check',
      evaluate: () => {
        throw new Error('no expressions here')
      },
    })
    expect(verdict).toMatchObject(given.verdict)
    if (given.script === undefined) return
    if (verdict.kind !== 'change' && verdict.kind !== 'action') throw new Error('a script needs a change')
    expect(task.compile?.(verdict.spec, {} as ControllerFiles).script).toBe(given.script)
  })
})

/** Facts of `copy` are maps by path. */
function revived(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([key, fact]) =>
      /^(files\d+|directories)$/.test(key) ? [key, new Map(Object.entries(fact as object))] : [key, fact],
    ),
  )
}
