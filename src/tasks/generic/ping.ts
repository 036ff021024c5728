import { z } from 'zod'
import { defineTask, type Probe, ProbeError } from '../contract.ts'

const args = z.strictObject({
  data: z.string().default('pong').describe('What to answer'),
})

const alive: Probe<true> = {
  id: 'ping',
  script: 'printf pong',
  reads: [],
  parse(output) {
    if (output.code !== 0 || output.stdout !== 'pong') throw new ProbeError('the host answers, but not with "pong"')
    return true
  },
}

export const pingTask = defineTask<z.infer<typeof args>, { alive: true }, never>({
  name: 'ping',
  summary:
    'Makes sure that a host can be logged in to and runs a shell, with the privileges asked for. Changes nothing.',
  args,
  example: '- name: Is it there?\n  ping:\n',
  mayTouch: () => [],
  probes: () => ({ alive }),
  check: ({ args: { data } }) => ({ kind: 'ok', result: { ping: data } }),
})
