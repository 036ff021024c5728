import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uint32, WireReader, wireString } from '../../../../src/tasks/upgrade/access/wire.ts'

const field = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), value: fc.nat(0xffffffff) }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 40 }) }),
)

test('what is written is read again, field by field, and nothing is left', () => {
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      const bytes = Buffer.concat(
        fields.map((one) => (one.kind === 'number' ? uint32(one.value) : wireString(one.value))),
      )
      const reader = new WireReader(bytes)
      for (const one of fields) {
        if (one.kind === 'number') expect(reader.uint32()).toBe(one.value)
        else expect([...reader.string()]).toEqual([...one.value])
      }
      expect(reader.left).toBe(0)
    }),
  )
})

test('bytes that end early are an error, not something shorter', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(39), (value, cut) => {
      const whole = wireString(value)
      const short = whole.subarray(0, Math.min(cut, whole.length - 1))
      expect(() => new WireReader(short).string()).toThrow(RangeError)
    }),
  )
})
