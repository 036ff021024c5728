import { z } from 'zod'
import { defineTask } from '../contract.ts'

const args = z.strictObject({
  msg: z.string().default('Failed as requested from task').describe('Why'),
})

export const failTask = defineTask<z.infer<typeof args>, object, never>({
  name: 'fail',
  summary: 'Fails the host with a message; together with `when`, a guard. Runs on the controller alone.',
  args,
  example:
    '- name: Only where it was tried\n  fail:\n    msg: this release was never tried\n  when: ansible_distribution_major_version != "8"\n',
  mayTouch: () => [],
  probes: () => ({}),
  check: ({ args: { msg } }) => ({ kind: 'refuse', reason: msg, result: { msg } }),
})
