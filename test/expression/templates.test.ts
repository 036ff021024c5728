import { describe, expect, test } from 'vitest'
import { checkTemplates, OMIT, render } from '../../src/expression/index.ts'
import { authored, complaint, facts, rendered, template, variables } from './support.ts'

const scope = facts({ n: 5, list: ['a', 'b'], map: { k: 1 }, text: 'x', none: null })

describe('templates', () => {
  test.each([
    ['{{ n }}', 5],
    ['{{ list }}', ['a', 'b']],
    ['{{ n }}\n', 5],
    ['{{ text }}\n', 'x\n'],
    ['{{ n }}{{ n }}', '55'],
    ['n={{ n }}', 'n=5'],
    ['{{ list }}!', "['a', 'b']!"],
    ['{{ map }} {{ true }}', "{'k': 1} True"],
    ['[{{ none }}]', '[]'],
    ['{{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ["{{ '}}' }}", '}}'],
    ['{% if n > 3 %}big{% elif n %}small{% else %}zero{% endif %}', 'big'],
    ['{% if n < 3 %}small{% endif %}', ''],
    ['{% for x in list %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}', '1a,2b'],
    ['{% for k, v in map.items() %}{{ k }}={{ v }}{% endfor %}', 'k=1'],
    ['{% for x in [1, 2, 3] if x is odd %}{{ x }}{% endfor %}', '13'],
    ['{% for x in [] %}{{ x }}{% else %}none{% endfor %}', 'none'],
    ['{% set y = n + 1 %}{{ y }}', '6'],
    ['{% set a, b = [1, 2] %}{{ a }}{{ b }}', '12'],
    ['{% raw %}{{ n }}{% endraw %}', '{{ n }}'],
    ['a{# {{ nothing }} #}b', 'ab'],
    ['a\n{%- if true -%}\n b \n{%- endif %}\nc', 'abc'],
    ['{% if true %}\nx\n{% endif %}\ny', 'x\ny'],
    ['{% if true +%}\nx{% endif %}', '\nx'],
    ['  {{- n -}}  z', '5z'],
  ])('%j', (text, expected) => {
    expect(rendered(text, scope)).toEqual(expected)
  })

  test.each([
    ['{{ n', '"{{" has no "}}"'],
    ['{% if n %}', 'has no "{% endif %}"'],
    ['{% endfor %}', 'belongs to no open block'],
    ['{% include "x" %}', '"{% include %}" is not supported'],
    ['{# open', 'has no "#}"'],
    ['{% raw %}', 'has no "{% endraw %}"'],
    ['{{ }}', 'nothing stands between the marks'],
    ['{% set x %}a{% endset %}', 'over a block is not supported'],
    ['{% for a, b in [[1]] %}{% endfor %}', "2 names can't take 1 elements"],
  ])('%j: %s', (text, message) => {
    expect(complaint(() => rendered(text, scope))).toContain(message)
  })
})

describe('rendering what was authored', () => {
  test('goes deep, keeps types, and leaves what is omitted out', () => {
    const raw = authored({
      mode: '{{ mode | default(omit) }}',
      path: '/x/{{ name }}',
      list: ['{{ omit }}', '{{ count }}', 1],
    })
    expect(render(raw, variables({ name: 'y', count: 3 }))).toEqual({ path: '/x/y', list: [3, 1] })
  })

  test('a value that is omitted as a whole is OMIT', () => {
    expect(render(template('{{ omit }}'), variables({}))).toBe(OMIT)
  })

  test('values without templates are not copied', () => {
    const raw = authored({ a: [1, 2] })
    expect(render(raw, variables({}))).toBe(raw)
  })

  test('a variable may refer to its own neighbours, and only the end of a path is rendered', () => {
    const vars = variables({ paths: { boot: '/boot', image: '{{ paths.boot }}/image', broken: '{{ nowhere }}' } })
    expect(rendered('{{ paths.image }}', vars)).toBe('/boot/image')
  })

  test('an undefined variable within a variable is undefined, so default helps', () => {
    expect(rendered("{{ a | default('d') }}", variables({ a: 'x{{ nowhere }}' }))).toBe('d')
  })

  test('checkTemplates tells every syntax error', () => {
    const found = checkTemplates(authored({ a: '{{ 1 + }}', b: ['{{ ok }}', '{% if %}'] }))
    expect(found.map(({ message }) => message)).toEqual([
      'the expression ends too early',
      'the expression ends too early',
    ])
  })
})
