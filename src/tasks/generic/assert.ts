import { z } from 'zod'
import type { Value } from '../../expression/values.ts'
import { defineTask } from '../contract.ts'
import { expressionArgument } from './expression-argument.ts'

const text = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? given : given.join('\n')))

const args = z.strictObject({
  that: z
    .union([expressionArgument, z.array(expressionArgument).min(1)])
    .transform((given) => (Array.isArray(given) ? given : [given]))
    .describe('An expression, or a list of these: each must be true'),
  fail_msg: text.default('Assertion failed').describe('What to say when one is false'),
  success_msg: text.default('All assertions passed').describe('What to say when all are true'),
  quiet: z.boolean().default(false).describe('Leave the message of success out'),
})

export const assertTask = defineTask<z.infer<typeof args>, object, never>({
  name: 'assert',
  summary: 'Fails the host unless every expression is true. Runs on the controller alone.',
  args,
  expressions: ['that'],
  example:
    '- name: Enough memory?\n  assert:\n    that:\n      - ansible_memtotal_mb >= 1500\n    fail_msg: "{{ ansible_memtotal_mb }} MB are too little"\n',
  mayTouch: () => [],
  probes: () => ({}),
  check({ args: { that, fail_msg, success_msg, quiet } }) {
    const wrong = that.find(({ value }) => !truthy(value))
    if (!wrong) return { kind: 'ok', ...(quiet ? {} : { summary: success_msg, result: { msg: success_msg } }) }
    return {
      kind: 'refuse',
      reason: `${fail_msg} (false: ${wrong.expression})`,
      result: { msg: fail_msg, assertion: wrong.expression, evaluated_to: wrong.value },
    }
  },
})

/** As Jinja sees it: empty things are false. */
function truthy(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}
