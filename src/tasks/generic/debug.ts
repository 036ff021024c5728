import { z } from 'zod'
import type { Value } from '../../expression/values.ts'
import { defineTask } from '../contract.ts'
import { expressionArgument } from './expression-argument.ts'

const args = z
  .strictObject({
    msg: (z.any() as z.ZodType<Value | undefined>)
      .optional()
      .describe('What to show; any value. Without it and `var`: "Hello world!"'),
    var: expressionArgument.optional().describe('An expression, shown with its value'),
    verbosity: z.int().min(0).default(0).describe('Shown only from that many -v on'),
  })
  .refine((given) => given.msg === undefined || given.var === undefined, { message: 'msg and var exclude each other' })

export const debugTask = defineTask<z.infer<typeof args>, object, never>({
  name: 'debug',
  summary: 'Shows a message or the value of an expression. Runs on the controller alone.',
  args,
  expressions: ['var'],
  example: '- name: Which release?\n  debug:\n    var: ansible_distribution_version\n',
  mayTouch: () => [],
  probes: () => ({}),
  check({ args: given }) {
    const shown = given.var ? { [given.var.expression]: given.var.value } : { msg: given.msg ?? 'Hello world!' }
    return { kind: 'ok', result: given.verbosity > 0 ? { ...shown, verbosity: given.verbosity } : shown }
  },
})
