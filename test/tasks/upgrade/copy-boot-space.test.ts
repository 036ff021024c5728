import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bootHmac } from '../../../src/tasks/upgrade/copy-boot-hmac.ts'
import { occupied, planSpace } from '../../../src/tasks/upgrade/copy-boot-space.ts'

const files = fc
  .uniqueArray(fc.constantFrom('kernel', 'initramfs', 'hmac'), { minLength: 1 })
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), size: fc.nat(100), old: fc.nat(100) }))),
  )

describe('planSpace', () => {
  test('a plan never needs more room than there is at any moment, and every file is in it once', () => {
    fc.assert(
      fc.property(files, fc.nat(300), (replacements, free) => {
        const plan = planSpace(replacements, free)
        if (plan.kind === 'too small') return
        expect([...plan.order].sort()).toEqual(replacements.map(({ name }) => name).sort())
        let room = free
        for (const name of plan.order) {
          const file = replacements.find((each) => each.name === name)
          room -= file?.size ?? 0
          expect(room).toBeGreaterThanOrEqual(0)
          if (plan.kind === 'one by one') room += file?.old ?? 0
        }
      }),
    )
  })
  test('what is missing is exactly what makes it fit', () => {
    fc.assert(
      fc.property(files, fc.nat(300), (replacements, free) => {
        const plan = planSpace(replacements, free)
        if (plan.kind !== 'too small') return
        expect(plan.missing).toBeGreaterThan(0)
        expect(planSpace(replacements, free + plan.missing).kind).not.toBe('too small')
        expect(planSpace(replacements, free + plan.missing - 1).kind).toBe('too small')
      }),
    )
  })
  test('all together whenever there is room for all', () => {
    expect(
      planSpace(
        [
          { name: 'a', size: 5, old: 0 },
          { name: 'b', size: 5, old: 9 },
        ],
        10,
      ).kind,
    ).toBe('together')
    expect(
      planSpace(
        [
          { name: 'a', size: 5, old: 0 },
          { name: 'b', size: 5, old: 9 },
        ],
        9,
      ),
    ).toEqual({ kind: 'one by one', order: ['b', 'a'] })
  })
  test('files occupy whole blocks', () => {
    expect([0, 1, 4096, 4097].map((size) => occupied(size, 4096))).toEqual([0, 4096, 4096, 8192])
  })
})

describe('bootHmac', () => {
  const hmac = '0f'.repeat(64)
  test('keeps the hmac and gives the kernel its name in /boot', () => {
    expect(bootHmac(`${hmac}  vmlinuz-6.1\n`, 'vmlinuz-upgrade.x86_64')).toBe(`${hmac}  vmlinuz-upgrade.x86_64\n`)
    expect(bootHmac(`\n${hmac} /boot/vmlinuz-6.1\n\n`, 'k')).toBe(`${hmac}  k\n`)
  })
  test.each(['', '\n', hmac, `${hmac} a b`, `${hmac} a\n${hmac} b`, 'short  vmlinuz', `${'zz'.repeat(64)}  vmlinuz`])(
    'refuses %j',
    (text) => {
      expect(bootHmac(text, 'k')).toBeUndefined()
    },
  )
})
