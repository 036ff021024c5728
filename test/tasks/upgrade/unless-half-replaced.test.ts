import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineTask, type Verdict } from '../../../src/tasks/contract.ts'
import { createRegistry } from '../../../src/tasks/registry.ts'
import { begunProbe, unlessHalfReplaced } from '../../../src/tasks/upgrade/unless-half-replaced.ts'

const CHANGE: Verdict<null> = { kind: 'change', summary: 'would make it anew', touches: [], spec: null }
const OK: Verdict<null> = { kind: 'ok', summary: 'as it should be' }

function checked(verdict: Verdict<null>, unfinished: boolean) {
  const own = unlessHalfReplaced(
    defineTask<object, { seen: number }, null>({
      name: 'own',
      summary: '',
      example: '',
      args: z.object({}),
      probes: () => ({ seen: { id: 'seen', script: ':', reads: [], parse: () => 1 } }),
      check: ({ facts }) => {
        expect(facts).toEqual({ seen: 1 })
        return verdict
      },
      apply: async () => ({}),
    }),
  )
  const facts = { seen: 1, begun: { unfinished } }
  return own.check({ args: {}, facts, given: {}, local: undefined, host: 'web1', mode: 'apply', evaluate: () => null })
}

test('a half-replaced host is not changed, and told what to do', () => {
  expect(checked(CHANGE, true)).toEqual({
    kind: 'refuse',
    reason: 'a transaction of this host was begun and not completed: resume it first',
    remedy: expect.stringContaining('-e resume=true'),
  })
})

test('any other is, and what is as it should be may stay so', () => {
  expect(checked(CHANGE, false)).toBe(CHANGE)
  expect(checked(OK, true)).toBe(OK)
})

test.each([
  'gather_modules',
  'install_rpms',
  'upload_dracut_modules',
  'stage_finish',
  'run_dracut',
  'stage_transaction',
  'copy_boot',
  'boot_entry',
])('%s looks for it', (name) => {
  const args = { to_install: [], to_remove: [], state: 'present', repositories: [] }
  const probes = createRegistry()
    .get(name)
    ?.probes(args, { requests: [], texts: {}, ours: {}, program: {}, digest: '' })
  expect(Object.values(probes ?? {})).toContain(begunProbe)
})
