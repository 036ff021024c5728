import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../../../src/diagnostics/diagnostic.ts'
import { render } from '../../../src/expression/index.ts'
import { authored, variables } from '../../expression/support.ts'

type Answer = { readonly value: unknown } | { readonly error: string }

const VARIABLES = {
  n: 5,
  zero: 0,
  neg: -7,
  half: 2.5,
  t: true,
  f: false,
  none: null,
  s: 'Hello World',
  digits: '42',
  empty: '',
  csv: 'a,b,,c',
  path: '/etc/yum.repos.d/lab.repo',
  version: '8.10',
  list: [3, 1, 2, 3],
  words: ['pear', 'Apple', 'fig', 'apple'],
  nested: [1, [2, [3, [4]]]],
  map: { b: 1, a: { x: [1, 2], y: 'z' } },
  users: [
    { name: 'ann', uid: 1000, groups: ['wheel'] },
    { name: 'bob', uid: 999, groups: [], shell: '/bin/sh' },
  ],
  result: { changed: true, failed: false, rc: 0, stdout: 'x' },
  indirect: '{{ n }}',
}

const ansiblePython = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import ansible, jinja2']).status === 0,
)

function ansible(texts: readonly string[]): readonly Answer[] {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'oracle.py')
  const run = spawnSync(ansiblePython as string, [script], {
    input: JSON.stringify({ variables: VARIABLES, texts }),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout) as Answer[]
}

const scope = variables(VARIABLES)

/** In a list, because ansible-core reads a lone text that looks like a Python literal as one. */
function inList(expression: string): string {
  return `{{ [${expression}] }}`
}

function ours(text: string): Answer {
  try {
    return { value: render(authored(text), scope) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { error: error.message }
  }
}

const EXPRESSIONS = [
  'n + 1',
  'n / 2',
  'n // 2',
  'neg // 2',
  'neg % 3',
  'n % -3',
  'n ** 2',
  '2 ** -1',
  '-2 ** 2',
  '1 + 2 ~ 3',
  "n ~ '-' ~ t ~ none",
  'half * 2',
  's * 2',
  'n > 3 and n < 9',
  '1 < n < 3',
  'not n',
  'none or s',
  'empty or none',
  't and list',
  "'a' if f else 'b'",
  'n == 5.0',
  't == 1',
  'digits == 42',
  'digits|int == 42',
  "'World' in s",
  '3 in list',
  "'a' in map",
  "'z' not in words",
  '[1, 2] + [3]',
  '(1, 2)',
  '()',
  "{'a': 1, 'b': [n]}",
  'list[0]',
  'list[-1]',
  'list[1:]',
  'list[::-1]',
  's[0:5]',
  's[::-1]',
  'map.a.x[1]',
  "map['a']['y']",
  'users[0].name',
  'users.0.name',
  'missing',
  'missing.x',
  'map.nope',
  'list[9]',
  'missing | default("d")',
  "map.nope.deeper | default('d')",
  "empty | default('d', true)",
  "none | default('d')",
  "none | default('d', true)",
  'missing is defined',
  'map.a is defined',
  'map.q.z is not defined',
  'indirect',
  'indirect + 1',
  'indirect is number',
  's | upper',
  's | lower',
  's | title',
  's | capitalize',
  "'  x ' | trim",
  "s | replace('o', '0')",
  "s | replace('o', '0', 1)",
  's | length',
  's | reverse',
  's | first',
  's | list | last',
  "csv.split(',')",
  "csv | split(',')",
  's.split()',
  "csv.split(',', 1)",
  "' a  b '.split()",
  "','.join(words)",
  "words | join('-')",
  "users | map(attribute='name') | join(',')",
  "users | join(',', attribute='uid')",
  'list | sort',
  'list | sort(reverse=true)',
  'words | sort',
  'words | sort(case_sensitive=true)',
  "users | sort(attribute='uid') | map(attribute='name') | list",
  'list | unique',
  'words | unique',
  'words | unique(case_sensitive=true)',
  'list | min',
  'list | max',
  'words | min',
  "users | max(attribute='uid')",
  'list | sum',
  "users | sum(attribute='uid')",
  'nested | flatten',
  'nested | flatten(levels=1)',
  'list | first',
  'list | last',
  '[] | first | default("none")',
  'list | reverse | list',
  'list | length',
  'map | length',
  'list | batch(3) | list',
  'list | zip(words) | list',
  'list | union([9, 1])',
  'list | intersect([3, 9])',
  'list | difference([3])',
  'list | symmetric_difference([3, 9])',
  "list | product(['a']) | list",
  "list | map('string') | list",
  "words | map('upper') | list",
  "words | map('replace', 'p', 'b') | list",
  "words | select('match', '^[aA]') | list",
  "words | reject('search', 'p') | list",
  "list | select('odd') | list",
  "list | select('gt', 1) | list",
  'list | select | list',
  "users | selectattr('shell', 'defined') | list",
  "users | selectattr('uid', 'eq', 999) | list",
  "users | selectattr('uid', '>=', 1000) | map(attribute='name') | list",
  "users | rejectattr('groups') | list",
  "users | selectattr('groups') | list",
  "users | map(attribute='shell', default='-') | list",
  "users | map(attribute='shell') | list",
  "users | map(attribute='groups') | flatten",
  "users | groupby('uid') | list",
  'map | dict2items',
  "[{'key': 'a', 'value': 1}] | items2dict",
  "map.a | combine({'y': 1})",
  "map | combine({'a': {'y': 1}})",
  "map | combine({'a': {'y': 1}}, recursive=true)",
  "map | combine({'a': {'x': [2, 3]}}, recursive=true, list_merge='append_rp')",
  "map | combine({'a': {'x': [2, 3]}}, recursive=true, list_merge='prepend')",
  'map | dictsort',
  'map.keys() | list',
  'map.items() | list',
  "map.get('b')",
  "map.get('q', 7)",
  'digits | int',
  "'x' | int(9)",
  "'7.9' | int",
  "'ff' | int(0, 16)",
  "'0x1f' | int(0, 16)",
  "'1.5' | float",
  'half | int',
  'half | round',
  '3.5 | round',
  '2.345 | round(2)',
  "2.1 | round(0, 'ceil')",
  'neg | abs',
  '-n | abs',
  "'yes' | bool",
  "'no' | bool",
  "'1' | bool",
  't | bool',
  'none | bool',
  "t | ternary('a', 'b')",
  "none | ternary('a', 'b', 'c')",
  'n | string',
  't | string',
  'none | string',
  'list | string',
  'map | string',
  "['it''s', \"q\"] | string",
  'map | to_json',
  "{'k': 'é\"\\n'} | to_json",
  'map | to_nice_json',
  '\'[1, {"a": null}]\' | from_json',
  "'a: [1, yes, 010, 1:30]' | from_yaml",
  "'- a\n- ~' | from_yaml",
  's | b64encode',
  "'SGk=' | b64decode",
  's | hash',
  "s | hash('sha256')",
  "s | hash('md5')",
  's | checksum',
  's | quote',
  "'plain' | quote",
  "'' | quote",
  '"it\'s" | quote',
  'path | basename',
  'path | dirname',
  "'/a/b/' | basename",
  "'/a/b/' | dirname",
  "'a' | dirname",
  'path | splitext',
  "'.bashrc' | splitext",
  "'/a.b/c' | splitext",
  "['/a', 'b', '/c', 'd'] | path_join",
  "'/a/c' | relpath('/a/b')",
  "s | regex_replace('o', '0')",
  "s | regex_replace('(\\\\w+) (\\\\w+)', '\\\\2 \\\\1')",
  "s | regex_replace('(?P<a>H)', '<\\\\g<a>>')",
  "'aaa' | regex_replace('a*', '-')",
  "'abc' | regex_replace('x*', '-')",
  "s | regex_search('W\\\\w+')",
  "s | regex_search('nope')",
  "s | regex_search('(H)(e)', '\\\\1', '\\\\2')",
  "s | regex_search('(?P<x>W)', '\\\\g<x>')",
  "s | regex_findall('o')",
  "s | regex_findall('(l)(.)')",
  "'a.b*c' | regex_escape",
  "version is version('8.9', '>')",
  "version is version('8.10', '==')",
  "version is version('9', 'lt')",
  "'8.10.0' is version('8.10', 'gt')",
  "'1.2.3-rc.1' is version('1.2.3', 'lt', version_type='semver')",
  'n is number',
  's is string',
  'map is mapping',
  'list is sequence',
  's is sequence',
  'map is sequence',
  'n is iterable',
  'none is none',
  't is boolean',
  't is number',
  'n is integer',
  'half is float',
  't is true',
  'n is true',
  'n is odd',
  'n is even',
  'n is divisibleby 5',
  'n is in list',
  '3 is in list',
  'list is contains 3',
  '[3] is subset(list)',
  'list is superset([1])',
  "s is match('Hello')",
  "s is match('World')",
  "s is search('World')",
  "s is regex('^hello', ignorecase=true)",
  'result is changed',
  'result is failed',
  'result is succeeded',
  'result is skipped',
  'result is not failed',
  '[t, f] is any',
  '[t, f] is all',
  "'abc' is lower",
  "'ABC' is upper",
  "'%s-%03d' | format('a', 7)",
  "'%05.1f|%x|%-4s|' % (half, 255, 'ab')",
  "'{0}-{b:>4}'.format('x', b='y')",
  "s.startswith('He')",
  "s.endswith(('x', 'ld'))",
  "s.find('W')",
  "s.count('o')",
  "s.strip('Hd')",
  "'7'.zfill(3)",
  's.upper()',
  "s.replace('l', 'L', 1)",
  'range(3) | list',
  'range(5, 1, -2) | list',
  "dict(a=1, b='c')",
  "['a', 'b'] | map('extract', {'a': 1, 'b': 2}) | list",
  "0 | extract(['x'])",
  "users | subelements('groups')",
  "'10M' | human_to_bytes",
  '1048576 | human_readable',
  '10 | human_readable',
  "'a\nb' | indent(2)",
  "'a\nb' | indent(2, true)",
  "'x' | center(5)",
  'n | type_debug',
  's is abs',
  "'a b c' | wordcount",
  "'a&b' | urlencode",
  'not missing',
  'missing + 1',
  "1 + 'a'",
  "'a' < 1",
  'n.x.y',
  's | nofilter',
  'n(',
  '1 if',
  '[1, 2',
  "users | rekey_on_member('name')",
  'list | random_nothing',
  '8 | log(2)',
  '9 | root',
  '2 | pow(3)',
  '[1, none] | zip_longest([2]) | list',
  "words | map('length') | list",
  'words | map(attribute=0) | list',
  '"\\x41\\u00e9\\t"',
  "'a' 'b'",
  '1_000 + 0x10 + 0b11',
  '1e3',
]

const TEMPLATES = [
  'n={{ n }}',
  '{{ n }}{{ n }}x',
  '{{ none }}x',
  '{{ list }}x',
  '{{ map }} {{ t }} {{ half }}',
  "{{ [s, 'it''s'] }}.",
  'x\n{{ n }}\n',
  '{% if n > 3 %}\nbig\n{% else %}\nsmall\n{% endif %}\nend',
  'a {%- if t %} b {% endif -%} c',
  '{% for x in list %}{{ loop.index }}/{{ loop.length }}:{{ x }}{{ "," if not loop.last }}{% endfor %}',
  '{% for k, v in map.items() %}{{ k }} {% endfor %}',
  '{% for x in [] %}a{% else %}b{% endfor %}x',
  '{% for x in list if x > 1 %}{{ x }}{% endfor %}x',
  '{% set y = n + 1 %}y={{ y }}',
  '{% set y = 1 %}{% for x in list %}{% set y = x %}{% endfor %}y={{ y }}',
  '{% raw %}{{ n }}{% endraw %}x',
  'a{# c #}b',
  'a{# c #}\nb',
  '  {% if t %}x{% endif %}  ',
  "{{ '}}' }}x",
  '{{ {"a": {"b": 1}} }}x',
  '{% if missing is defined %}a{% endif %}b',
  '{{ n',
  '{% if %}',
  '{% endif %}',
  'x {{ missing }}',
  '{%+ if t %}x{%+ endif %}y',
  '{{- s -}}  .',
]

/** Where we differ on purpose: docs/expressions.md, "Differences". */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['{{ none }}x', 'none prints as nothing, as in ansible-core without native types'],
])

describe.skipIf(!ansiblePython)('the same answers as ansible-core', () => {
  const texts = [...EXPRESSIONS.map(inList), ...TEMPLATES]
  let answers: ReadonlyMap<string, Answer>

  beforeAll(() => {
    const theirs = ansible(texts)
    answers = new Map(texts.map((text, i) => [text, theirs[i] as Answer]))
  })

  test.each(texts.filter((text) => !DIFFERENT.has(text)))('%j', (text) => {
    const theirs = answers.get(text) as Answer
    const mine = ours(text)
    if ('error' in theirs) expect(mine, theirs.error).toHaveProperty('error')
    else expect(mine).toEqual(theirs)
  })

  test.each([...DIFFERENT])('%j differs: %s', (text) => {
    expect(ours(text)).not.toEqual(answers.get(text))
  })
})

describe.skipIf(!ansiblePython)('random expressions', () => {
  test('arithmetic, comparison and logic', () => {
    const leaf = fc.constantFrom('n', 'zero', 'neg', 't', 'f', '1', '2', '10', "'a'", 's', 'list', '[]', 'none')
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc
          .tuple(
            tie('tree'),
            fc.constantFrom('+', '-', '*', '//', '%', '~', '==', '!=', '<', '>=', 'and', 'or', 'in', 'not in'),
            tie('tree'),
          )
          .map((parts) => parts.join(' ')),
        tie('tree').map((inner) => `(${inner})`),
        tie('tree').map((inner) => `(not ${inner})`),
        tie('tree').map((inner) => `${inner} | default(1)`),
        fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
        tie('tree').map((inner) => `-(${inner})`),
        tie('tree').map((inner) => `((${inner}) is number)`),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `[${a}, ${b}]`),
      ),
    }))
    const texts = fc.sample(tree, { numRuns: 3000, seed: 20 }).map(inList)
    const theirs = ansible(texts)
    const wrong = texts.flatMap((text, i) => {
      const mine = ours(text)
      const their = theirs[i] as Answer
      const same = 'error' in their ? 'error' in mine : 'value' in mine && equal(mine.value, their.value)
      return same ? [] : [{ text, mine, their }]
    })
    expect(wrong).toEqual([])
  })
})

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
