import { describe, expect, test } from 'vitest'
import { Origin, SourceFile } from '../../src/diagnostics/source.ts'
import { evaluate, holds, isTrue, render } from '../../src/expression/index.ts'
import { ExpressionText, PendingValue, type Scope } from '../../src/expression/values.ts'
import { complaint, expression, facts, rendered, scopeOf, template, value, variables } from './support.ts'

describe('places', () => {
  test('an undefined name: place, caret, suggestion', () => {
    const source = new SourceFile('site.yml', 'when: relaese == "8"')
    const text = new ExpressionText('relaese == "8"', new Origin(source, 6, 20))
    expect(complaint(() => evaluate(text, facts({ release: '8' })))).toBe(
      [
        'site.yml:1:7: "relaese" is undefined',
        ' 1 | when: relaese == "8"',
        '   |       ^^^^^^^',
        '   = did you mean "release"?',
      ].join('\n'),
    )
  })

  test.each([
    ["1 + (2 + 'a')", 5, 9],
    ['a.b.c + 1', 1, 5],
    ['[1, 2 | nofilter]', 9, 8],
    ["'x' ~ (1 / 0)", 7, 7],
  ])('%s points at column %i, %i wide', (text, column, width) => {
    const [first, , caret] = complaint(() => value(text, facts({ a: { b: {} } }))).split('\n') as [
      string,
      string,
      string,
    ]
    expect(first).toContain(`test.yml:1:${column}:`)
    expect(caret.match(/\^+/)?.[0].length).toBe(width)
  })

  test('an error within a variable is shown where the variable was written', () => {
    expect(complaint(() => value('a', variables({ a: "{{ 1 + 'x' }}" })))).toContain("{{ 1 + 'x' }}")
  })
})

describe('syntax', () => {
  test.each(
    [
      ['', 'the expression is empty'],
      ['1 +', 'ends too early'],
      ['(1', '"(" is never closed'],
      ['1)', 'unexpected ")"'],
      ['[1}', 'expected "]", found "}"'],
      ["'abc", 'string without closing quote'],
      ['a = 1', 'write `==`'],
      ['a && b', 'write `and`'],
      ['!a', 'write `not`'],
      ['{{ a }}', 'drop the {{ }}'],
      ['a b', 'unexpected "b"'],
      ['f(1)', 'unknown function "f"'],
      ["lookup('env', 'HOME')", 'lookup() is not supported'],
      ['12345678901234567890', 'too large to be exact'],
      ['dict(a=1, 2)', 'a positional argument follows a named one'],
      [`${'('.repeat(500)}1${')'.repeat(500)}`, 'nested more than 200 levels deep'],
      [`1${'+1'.repeat(1000)}`, 'operators in a row'],
    ].map(([text = '', message = '']) => ({ text, message, shown: text.slice(0, 30) })),
  )('$shown: $message', ({ text, message }) => {
    expect(complaint(() => value(text))).toContain(message)
  })
})

describe('conditions', () => {
  test.each(['false', 'No', 'OFF'])('the text %s is refused: Ansible would count it as true', (word) => {
    expect(complaint(() => isTrue(word))).toContain('would count as true')
    expect(complaint(() => value('not flag', facts({ flag: word })))).toContain('| bool')
    expect(complaint(() => holds(expression('flag'), facts({ flag: word })))).toContain('test.yml:1:1')
    expect(value('not (flag | bool)', facts({ flag: word }))).toBe(true)
  })

  test.each([
    ['', false],
    [0, false],
    [null, false],
    [[], false],
    [{}, false],
    ['x', true],
    ['true', true],
    ['0', true],
    [[0], true],
  ])('%j is %s', (given, expected) => {
    expect(isTrue(given)).toBe(expected)
  })
})

describe('variables that refer to themselves', () => {
  test('the chain is shown', () => {
    const scope = variables({ a: '{{ b }}', b: 'x{{ c.d }}', c: { d: '{{ a }}' } })
    expect(complaint(() => value('a', scope))).toContain('a variable refers to itself: a -> b -> c.d -> a')
  })
})

describe('pending names', () => {
  const scope = scopeOf({
    later: { kind: 'pending', reason: 'step 3 has not run' },
    uses: { kind: 'raw', raw: template('{{ later.rc }}') },
  })

  test.each(['later', 'later is defined', "later | default('x')", 'uses', 'later.rc == 0', '[uses]'])('%s', (text) => {
    expect(() => value(text, scope)).toThrow(PendingValue)
  })

  test('what does not need the value does not wait', () => {
    expect(value('false and later', scope)).toBe(false)
    expect(value("'x' if true else later", scope)).toBe('x')
  })

  test('rendering waits too', () => {
    expect(() => render({ a: template('{{ uses }}') }, scope)).toThrow(PendingValue)
  })
})

describe('hostvars', () => {
  const hosts: { [name: string]: Scope } = {
    web1: variables({ port: 8000, url: 'http://web1:{{ port }}' }),
    web2: variables({ port: 9000, url: 'http://web2:{{ port }}', secret: '{{ nowhere }}' }),
  }
  const scope = scopeOf({
    port: { kind: 'value', value: 1 },
    hostvars: { kind: 'scopes', get: (name) => hosts[name], names: () => Object.keys(hosts) },
  })

  test('what is below a host is rendered among its own variables', () => {
    expect(value("hostvars['web1'].url", scope)).toBe('http://web1:8000')
    expect(value("['web1', 'web2'] | map('extract', hostvars, 'url') | list", scope)).toEqual([
      'http://web1:8000',
      'http://web2:9000',
    ])
    expect(value("hostvars.web1.nothing | default('-')", scope)).toBe('-')
  })

  test('an unknown host', () => {
    expect(complaint(() => value("hostvars['wbe1'].url", scope))).toMatch(
      /there is no host "wbe1"[\s\S]*did you mean "web1"/,
    )
  })

  test('only what is used is rendered', () => {
    expect(value('hostvars.web2.port', scope)).toBe(9000)
    expect(complaint(() => rendered('{{ hostvars.web2 }}', scope))).toContain('"nowhere" is undefined')
  })
})
