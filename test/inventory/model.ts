import fc from 'fast-check'

/** An inventory as data, from which texts are printed. */
interface ModelGroup {
  readonly name: string
  readonly hosts: readonly { readonly name: string; readonly vars: Record<string, unknown> }[]
  readonly children: readonly string[]
  readonly vars: Record<string, unknown>
}
export type Model = readonly ModelGroup[]

const GROUPS = ['web', 'db', 'dc1', 'dc2', 'app', 'edge', 'x-y']
const HOSTS = [
  'h1',
  'h2',
  'h3',
  'web1',
  'web2',
  'web3',
  'db1',
  'a.example.com',
  'n[1:3]',
  'r[08:10]',
  'q[a:c]',
  '10.0.0.1',
  'fe80::1',
  'p:22',
]

const text = fc.oneof(
  fc.constantFrom(
    '',
    'no',
    '010',
    '1',
    '9.10',
    'a b',
    'a#b',
    "it's",
    '"q"',
    '{{ x }}',
    'C:\\new',
    '[x',
    'é',
    '=',
    "'",
    '\\',
  ),
  fc.string({ maxLength: 6 }),
)
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0.5, -2.25, 1e21, 12345.678),
)
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('k', 'l', '__proto__', 'm n'), scalar, { maxKeys: 2, noNullPrototype: false }),
)
const vars = fc
  .uniqueArray(fc.tuple(fc.constantFrom('v1', 'v2', 'v3', 'toString'), value), {
    maxLength: 3,
    selector: ([key]) => key,
  })
  .map((entries) => Object.fromEntries(entries))

/** Groups without loops (children come later in the list of names); each group once, in any order. */
export const model: fc.Arbitrary<Model> = fc
  .shuffledSubarray(GROUPS, { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((name) => group(name, names))))

function group(name: string, names: readonly string[]): fc.Arbitrary<ModelGroup> {
  const later = names.filter((other) => GROUPS.indexOf(other) > GROUPS.indexOf(name))
  return fc.record({
    name: fc.constant(name),
    hosts: fc.uniqueArray(fc.record({ name: fc.constantFrom(...HOSTS), vars }), {
      maxLength: 4,
      selector: (host) => host.name,
    }),
    children: fc.shuffledSubarray(later),
    vars,
  })
}

/** A value as a Python literal. JSON strings are Python strings too. */
export function python(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`)
    .join(', ')}}`
}

export function printIni(groups: Model): string {
  const lines: string[] = []
  const assign = ([key, value]: [string, unknown]) => ` ${key}='${python(value).replaceAll("'", `'"'"'`)}'`
  for (const { name, hosts, children, vars } of groups) {
    lines.push(
      `[${name}:vars] # may stand before its group`,
      ...Object.entries(vars).map(([key, value]) => `${key} = ${python(value)}`),
    )
    lines.push(`[${name}:children]`, ...children, `[${name}]`)
    lines.push(...hosts.map((host) => `${host.name}${Object.entries(host.vars).map(assign).join('')}`), '; done', '')
  }
  return lines.join('\n')
}

/** The same inventory as JSON, which is YAML. */
export function printYaml(groups: Model): string {
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]))
  const entries = groups.map(({ name, hosts, children, vars }) => {
    const members = Object.fromEntries(hosts.map((host) => [host.name, host.vars]))
    return [name, { vars, children: named(children), hosts: members }] as const
  })
  return JSON.stringify(Object.fromEntries(entries), null, 1)
}
