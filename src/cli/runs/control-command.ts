import { z } from 'zod'
import type { SteeringCommand } from '../../events/commands.ts'

/** What a second shell can ask of a run, with what it means. */
export const CONTROL_WORDS = {
  pause: 'hosts finish what was sent to them and get nothing new',
  resume: 'hosts go on',
  next: 'go on until the end of the batch, then pause again',
  skip: 'HOST begins no other step of this run',
  retry: 'HOST, which failed, begins again with the step that failed',
  abort: 'nothing new is sent, steps that were sent finish',
  'abort-now': 'running steps are cancelled on their hosts',
} as const satisfies Record<SteeringCommand['command'], string>

/** One line of the socket. */
export const steeringCommand: z.ZodType<SteeringCommand> = z.discriminatedUnion('command', [
  z.strictObject({ command: z.enum(['pause', 'resume', 'next', 'abort', 'abort-now']) }),
  z.strictObject({ command: z.enum(['skip', 'retry']), host: z.string().min(1).max(1024) }),
])
