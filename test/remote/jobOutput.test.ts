import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JobOutput } from '../../src/remote/job/output.ts'

it('gives the same lines and text however it is cut (property)', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (text, steps) => {
        const whole = Buffer.from(text)
        const lines: string[] = []
        const output = new JobOutput(10_000, (line) => lines.push(line))
        for (let at = 0, n = 0; at < whole.length; n++) {
          const bytes = whole.subarray(at, at + (steps[n % steps.length] as number))
          expect(output.take({ offset: at, size: whole.length, bytes })).toBe(at + bytes.length < whole.length)
          at += bytes.length
        }
        expect(output.end()).toBe(whole.toString())
        expect(lines.join('\n')).toBe(whole.toString().replace(/\n$/, ''))
      },
    ),
  )
})

it('keeps the end', () => {
  const output = new JobOutput(10, () => {})
  for (let i = 0; i < 100; i++) output.take({ offset: i * 3, size: 300, bytes: Buffer.from(`${100 + i}\n`.slice(1)) })
  expect(output.end()).toBe('\n97\n98\n99\n')
  expect(output.truncated).toBe(true)
})
