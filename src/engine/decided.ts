import type { SteeringAnswer } from '../events/commands.ts'

/** What is answered to a command, and what comes of it once the answer was told. */
export interface Decided {
  readonly answer: SteeringAnswer
  readonly act?: (() => void) | undefined
}

export function accepted(message: string, act: () => void): Decided {
  return { answer: { accepted: true, message }, act }
}

export function refused(message: string): Decided {
  return { answer: { accepted: false, message } }
}
