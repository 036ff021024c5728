import { describe, expect, it } from 'vitest'
import { formatDiagnostic, UserError } from '../src/diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../src/diagnostics/source.ts'
import { closest, didYouMean } from '../src/diagnostics/suggest.ts'

describe('a diagnostic', () => {
  const source = new SourceFile('site.yml', 'a: 1\n\tb: wrong here\r\nlast')

  it('quotes the line and puts the caret under the stretch, tabs kept', () => {
    const start = source.text.indexOf('wrong')
    const origin = new Origin(source, start, start + 5)
    expect(formatDiagnostic({ message: 'no such thing', origin, hint: 'did you mean "right"?' })).toBe(
      'site.yml:2:5: no such thing\n 2 | \tb: wrong here\n   | \t   ^^^^^\n   = did you mean "right"?',
    )
  })

  it('points past the end of the last line', () => {
    const origin = new Origin(source, source.text.length)
    expect(formatDiagnostic({ message: 'unexpected end', origin })).toBe(
      'site.yml:3:5: unexpected end\n 3 | last\n   |     ^',
    )
  })

  it('does without a place', () => {
    expect(new UserError({ message: 'no inventory', hint: 'give -i' }).message).toBe('no inventory\n  give -i')
  })
})

describe('did you mean', () => {
  it('finds swapped, missing and wrong letters', () => {
    expect(closest('hsots', ['hosts', 'vars'])).toBe('hosts')
    expect(closest('regster', ['register', 'tags'])).toBe('register')
    expect(closest('frobnicate', ['register', 'tags'])).toBeUndefined()
  })

  it('lists what is allowed when nothing is near', () => {
    expect(didYouMean('zzz', ['tags', 'name'])).toBe('expected one of: name, tags')
  })
})
