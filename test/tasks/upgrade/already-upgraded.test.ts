import { expect, test } from 'vitest'
import { z } from 'zod'
import type { CommandResult } from '../../../src/remote/types.ts'
import { defineTask, type Provides } from '../../../src/tasks/contract.ts'
import { createRegistry } from '../../../src/tasks/registry.ts'
import {
  runsRelease,
  type UpgradedFact,
  unlessUpgraded,
  upgradedProbe,
} from '../../../src/tasks/upgrade/already-upgraded.ts'

const own = unlessUpgraded(
  defineTask({
    name: 'own',
    summary: '',
    example: '',
    args: z.object({}),
    probes: () => ({ seen: { id: 'seen', script: ':', reads: [], parse: () => 1 } }),
    check: ({ facts }) => ({ kind: 'refuse', reason: `the task itself, which sees ${Object.keys(facts)}` }),
  }),
)

const UPGRADED: UpgradedFact = {
  outcome: 'upgraded',
  to: '9',
  run: 'r1',
  finishedAt: '2026-11-23T08:00:00Z',
  release: '9.0',
}

function check(fact: UpgradedFact, args: object = {}, given: Provides = {}) {
  const facts = { seen: 1, 'already upgraded': fact }
  const verdict = own.check({ args, facts, given, local: undefined, host: 'web1', mode: 'check', evaluate: () => null })
  return verdict.kind === 'refuse' ? verdict.reason : verdict.summary
}

const OK = 'upgraded to 9 by run r1 on 2026-11-23T08:00:00Z'
const ITSELF = 'the task itself, which sees seen'

test.each<[what: string, said: string, fact: Partial<UpgradedFact>, args?: object, given?: Provides]>([
  ['a host that was upgraded and runs the release', OK, {}],
  ['the release that is asked for', OK, {}, { target_release: '9' }],
  ['another task’s name for it', OK, {}, { release: '9' }],
  ['the request of this run', OK, {}, {}, { request: { targetRelease: '9' } }],
  ['another release is asked for', ITSELF, {}, { target_release: '10' }],
  ['this run’s request leads elsewhere', ITSELF, {}, {}, { request: { targetRelease: '10' } }],
  ['a newer preparation on the host leads elsewhere', ITSELF, { prepared: '10' }],
  ['the system was rolled back', ITSELF, { release: '8.10' }],
  [
    'the first boot is still to come',
    'runs 9 since run r1, whose first boot is not done (first-boot)',
    { outcome: 'first-boot' },
  ],
  ['a failed upgrade', ITSELF, { outcome: 'failed' }],
  ['nothing was ever upgraded', ITSELF, { outcome: undefined, to: undefined }],
  ['what is to be taken away is taken away', ITSELF, {}, { state: 'absent' }],
])('%s: %s', (_, said, fact, args, given) => {
  expect(check({ ...UPGRADED, ...fact }, args, given)).toBe(said)
})

test('the probe reads what the resume service writes', () => {
  const stdout = [
    '/var/lib/upgrade-push/result.json:{',
    '/var/lib/upgrade-push/result.json:  "run": "r1", "outcome": "upgraded", "release": {"from":"8.0","to":"9"},',
    '/var/lib/upgrade-push/result.json:  "finished_at": "2026-11-23T08:00:00Z"',
    '/var/lib/upgrade-push/result.json:}',
    '@release\t9.0',
    '@prepared\t10',
  ].join('\n')
  expect(upgradedProbe.parse({ stdout } as CommandResult)).toEqual({ ...UPGRADED, prepared: '10' })
  const broken = { stdout: '/var/lib/upgrade-push/result.json:{"outcome": "upgr' } as CommandResult
  expect(upgradedProbe.parse(broken)).toMatchObject({ outcome: undefined, release: '' })
})

test.each([
  ['9.0', '9', true],
  ['9', '9', true],
  ['9.4', '9.4', true],
  ['90.1', '9', false],
  ['8.10', '9', false],
])('%s runs %s: %s', (versionId, release, wanted) => expect(runsRelease(versionId, release)).toBe(wanted))

const PREPARING = [
  'preflight',
  'gather_modules',
  'install_rpms',
  'upload_dracut_modules',
  'stage_finish',
  'run_dracut',
  'stage_transaction',
  'copy_boot',
  'boot_entry',
]

const asked = (name: string, facts: object) =>
  createRegistry()
    .get(name)
    ?.check({
      args: {},
      facts,
      given: {},
      local: undefined,
      host: 'web1',
      mode: 'check',
      evaluate: () => null,
    })

test.each(PREPARING)('%s has nothing to do there', (name) => {
  expect(asked(name, { 'already upgraded': UPGRADED })).toMatchObject({ kind: 'ok', summary: OK })
})

// One has to go on where the others are done, the other takes away.
test.each(['reboot_upgrade', 'cancel_upgrade'])('%s looks for itself', (name) => {
  expect(() => asked(name, { 'already upgraded': UPGRADED })).toThrow()
})
