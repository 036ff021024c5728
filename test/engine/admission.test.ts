import { expect, test } from 'vitest'
import { admit } from '../../src/engine/admission.ts'
import type { DriverInput } from '../../src/engine/driver-input.ts'
import { HostRun } from '../../src/engine/host-run.ts'
import type { Prepared } from '../../src/engine/prepare.ts'
import { failureOf, Refusal } from '../../src/engine/remote-failure.ts'
import type { Access } from '../../src/engine/sessions.ts'
import type { LockOutcome } from '../../src/remote/types.ts'

const input = {
  options: { mode: 'apply' },
  ports: { lockOwner: () => ({}), emit: () => {} },
} as unknown as DriverInput
const prepared = { unit: { step: { plugin: { name: 'x', exclusive: true } } } } as unknown as Prepared

function access(outcomes: LockOutcome[]): Access {
  const writable = { lock: async () => outcomes.shift(), unlock: async () => {} }
  return { user: '', uid: 0, readOnly: writable, writable } as unknown as Access
}

test.each([
  ['this user here', 'me@here', '20261123T051334Z-ab12', 'upgrade-push watch 20261123T051334Z-ab12'],
  ['somebody else', 'eve@b', '20261123T051334Z-ab12', 'ask them'],
  ['this user, under a name that no run of ours has', 'me@here', '$(reboot)', 'ask them'],
])('a host that a run of %s is done with can be taken from it, without ending that run', async (_, by, run, first) => {
  const own = { ...input, ports: { ...input.ports, lockOwner: () => ({ who: 'me@here' }) } } as unknown as DriverInput
  const outcome: LockOutcome = { kind: 'held', by, run, since: 'now' }
  const refusal = await admit(own, prepared, access([outcome]), new HostRun('web1')).catch((error) => error)
  expect(refusal).toBeInstanceOf(Refusal)
  const { remedy } = failureOf(refusal)
  expect(remedy).toContain(first)
  expect(remedy).toMatch(/where it is done with this host, .*run again with --take-over/)
  expect(remedy).not.toContain('$(')
})

test('a host is locked once; one that begins again is locked anew, and left alone when another run holds it by now', async () => {
  const run = new HostRun('web1')
  const outcomes: LockOutcome[] = [
    { kind: 'taken', token: 1 },
    { kind: 'held', by: 'eve@b', run: 'other', since: 'now' },
  ]
  const way = access(outcomes)
  await admit(input, prepared, way, run)
  await admit(input, prepared, way, run)
  expect(outcomes).toHaveLength(1)
  run.lose('failed', 0)
  run.beginAgain()
  await expect(admit(input, prepared, way, run)).rejects.toThrow('another run holds this host: eve@b')
  // What was taken first is still given back at the end.
  expect(run.unlock).toBeDefined()
})
