import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Needles } from '../../src/events/needles.ts'

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

describe('needles', () => {
  it('are replaced as an alternation of them would, the longest first (property)', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ü'), minLength: 4, maxLength: 7 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '.'), maxLength: 60 })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), text, (words, hay) => {
        const needles = new Needles()
        for (const one of words) needles.add(one)
        const pattern = [...words]
          .sort((a, b) => b.length - a.length)
          .map(escaped)
          .join('|')
        expect(needles.replace(hay, '*')).toBe(hay.replace(new RegExp(pattern, 'g'), '*'))
      }),
    )
  })

  it('refuses what is too short', () => {
    expect(() => new Needles().add('abc')).toThrow(RangeError)
  })

  it('stay quick with a secret for each of many hosts', () => {
    const needles = new Needles()
    const hay = 'the quick brown fox jumps over the lazy dog '.repeat(200)
    for (let i = 0; i < 20_000; i++) needles.add(`secret-${i}-${(i * 7919).toString(36)}`)
    for (let i = 0; i < 100; i++) expect(needles.replace(hay, '*')).toBe(hay)
  })
})
