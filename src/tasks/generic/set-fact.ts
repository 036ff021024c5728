import { z } from 'zod'
import type { Value } from '../../expression/values.ts'
import { defineTask } from '../contract.ts'

const args = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a variable name'), z.any() as z.ZodType<Value>)
  .refine((given) => Object.keys(given).length > 0, { message: 'needs at least one variable' })
  .refine((given) => !('cacheable' in given), { message: 'cacheable: facts are not kept from one run to the next' })
  .describe('Names and values')

export const setFactTask = defineTask<z.infer<typeof args>, object, never>({
  name: 'set_fact',
  summary: 'Sets variables of the host for the rest of the run. Runs on the controller alone.',
  args,
  example: '- name: Remember\n  set_fact:\n    is_old: "{{ ansible_distribution_major_version | int < 9 }}"\n',
  mayTouch: () => [],
  probes: () => ({}),
  check: ({ args: vars }) => ({ kind: 'ok', vars, result: { ansible_facts: vars } }),
})
