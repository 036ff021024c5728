import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { type PlanHead, parsePlanFact } from '../../../src/tasks/upgrade/transaction/plan-fact.ts'
import { planProbe } from '../../../src/tasks/upgrade/transaction/plan-probe.ts'
import { diffOf, stageFailure, summaryOf } from '../../../src/tasks/upgrade/transaction/plan-verdict.ts'
import { loadProgram } from '../../../src/tasks/upgrade/transaction/plugin-files.ts'

const digest = fc.stringMatching(/^[0-9a-f]{64}$/)
const word = fc.stringMatching(/^[a-z][a-z0-9+._~^-]{0,20}$/)
const nevra = fc
  .tuple(word, fc.nat(99), fc.stringMatching(/^(\d{1,2}:)?[0-9][0-9a-z.]{0,8}-[0-9a-z.]{1,8}$/))
  .map(([name, , evr]) => `${name}-${evr}.x86_64`)
const amount = fc.nat(2 ** 40)
const head: fc.Arbitrary<PlanHead> = fc.record({
  version: fc.constant(1 as const),
  inputs: fc.record({
    container: digest,
    rpmdb: digest,
    transaction: digest,
    pins: fc.dictionary(word, digest, { maxKeys: 3 }),
  }),
  release: fc.record({ from: word, to: word }),
  counts: fc.record({
    install: fc.nat(999),
    upgrade: fc.nat(999),
    downgrade: fc.nat(999),
    reinstall: fc.nat(999),
    remove: fc.nat(999),
    obsoleted: fc.nat(999),
  }),
  downloadSize: amount,
  space: fc.array(fc.record({ mount: word, need: amount, free: amount }), { maxLength: 3 }),
  stays: fc.array(nevra, { maxLength: 3 }),
  missing: fc.array(word, { maxLength: 3 }),
  dryRun: fc.option(fc.record({ passedAt: word })),
})
const item = fc.record({
  action: fc.constantFrom('install', 'upgrade', 'downgrade', 'reinstall', 'remove', 'obsoleted'),
  nevra,
  replaces: fc.array(nevra, { maxLength: 3 }),
})

const answer = (stdout: string, more: object = {}) =>
  parsePlanFact({ code: 0, stdout, stderr: '', truncated: false, ...more })
/** The first line of plan.json, as the plugin writes it. */
const line = (value: PlanHead) => `${JSON.stringify(value).slice(0, -1)},`

test('the program fits into what the kernel takes as one argument, with room to grow: the probe hands it to sh -c', async () => {
  const files = createControllerFiles({ playbookDir: 'playbooks', assetsDir: path.resolve('assets') })
  const { script } = planProbe({ request: '{}', asked: 'a', refresh: false }, await loadProgram(files))
  // It stands in the script for both ways into the room.
  expect(Buffer.byteLength(script) / 2).toBeLessThan((128 * 1024) / 1.5)
})

describe('what the probe prints', () => {
  test('is read back as it was', () => {
    fc.assert(
      fc.property(head, head, fc.array(item, { maxLength: 5 }), (frozen, draft, items) => {
        const rows = items.map(
          ({ action, nevra, replaces }) => `item ${action} ${nevra} ${replaces.map((r) => `"${r}"`).join(',')}`,
        )
        const said = answer(
          [`frozen ${line(frozen)}`, 'reason because', 'code 0', `draft ${line(draft)}`, ...rows].join('\n'),
        )
        expect(said).toEqual({
          container: true,
          frozen: { kind: 'present', value: frozen },
          reasons: ['because'],
          draft: { kind: 'planned', head: draft, items },
        })
      }),
      { numRuns: 60 },
    )
  })

  test('may be anything at all', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom('none', 'blind', 'code 0', 'code 20', 'draft {', 'item', 'frozen []', 'reason'),
          ),
        ),
        (lines) => {
          expect(answer(lines.join('\n'))).toMatchObject({ reasons: expect.any(Array) })
        },
      ),
      { numRuns: 100 },
    )
  })

  test.each([
    ['no container', 'none', { container: false }],
    ['a frozen plan that holds', 'frozen {', { frozen: { kind: 'unreadable' }, reasons: [], draft: undefined }],
    ['dnf says no', 'code 20\nsaid a\nsaid FAILED: b', { draft: { kind: 'refused', said: 'a\nFAILED: b' } }],
    ['a draft that was not made', 'code 0', { draft: { kind: 'blind', why: "the plan can't be read" } }],
    [
      'a view that could not be had',
      'reason x\nunshare: not permitted\nblind',
      { draft: { kind: 'blind', why: 'unshare: not permitted' } },
    ],
  ])('%s', (_, stdout, fact) => {
    expect(answer(stdout)).toMatchObject(fact)
  })

  test('cut off, it is no plan', () => {
    expect(answer('code 0', { truncated: true })).toMatchObject({ draft: { kind: 'blind' } })
  })
})

test('every package of a plan is in its diff', () => {
  fc.assert(
    fc.property(head, fc.array(item, { maxLength: 9 }), (plan, items) => {
      const diff = diffOf(items, plan)
      if (diff.kind !== 'items') throw new Error('a diff of packages is one of items')
      expect(diff.added.length + diff.removed.length + diff.changed.length).toBe(items.length)
      expect(summaryOf(plan)).toMatch(/^(no package changes|\d+ to \w+(, \d+ to \w+)*); \d+ MB to download$/)
    }),
    { numRuns: 60 },
  )
})

describe('why a stage ended', () => {
  test('is one line, whatever was said', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, marked) => {
        const { message } = stageFailure(marked ? `-- x\nFAILED: ${text}` : text)
        expect(message).not.toContain('\n')
      }),
    )
  })

  test.each([
    [
      'FAILED: Public key for webapp-2.0-1.rpm is not installed',
      /^webapp-2\.0-1\.rpm is signed with a key that is not trusted$/,
    ],
    [
      'FAILED: local_rpms: /root/x.rpm does not exist on the host',
      /^local_rpms: \/root\/x\.rpm does not exist on the host$/,
    ],
    ['FAILED: no such repository: own', /^no such repository: own$/],
    ['no mark at all\nError: something', /something/],
  ])('%s', (output, message) => {
    expect(stageFailure(output).message).toMatch(message)
  })

  test.each([
    ['x.rpm does not exist on the host', /^bring the file to the host before this task$/],
    ['x.rpm: Package x.rpm is not signed', /^sign the package, or, .* local_rpms_unchecked: true$/],
    ['x.rpm: Public key for x.rpm is not installed', /gpgkeys of install_rpms, or, .* local_rpms_unchecked: true$/],
    ['x.rpm: Problem opening package x.rpm', /damaged$/],
  ])('of a local package, with what to do: %s', (said, remedy) => {
    const failure = stageFailure(`FAILED: local_rpms: /root/${said}`)
    expect(failure.message).toBe(`local_rpms: /root/${said}`)
    expect(failure.remedy).toMatch(remedy)
  })
})
