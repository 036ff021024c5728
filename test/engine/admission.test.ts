import { expect, test } from 'vitest'
import { admit } from '../../src/engine/admission.ts'
import type { DriverInput } from '../../src/engine/driver-input.ts'
import { HostRun } from '../../src/engine/host-run.ts'
import type { Prepared } from '../../src/engine/prepare.ts'
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
