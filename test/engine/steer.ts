import type { ControlPort, SteeringCommand } from '../../src/events/commands.ts'
import type { EventBody } from '../../src/events/types.ts'
import { play, type RunInput, type RunResult } from './harness.ts'

export interface Move {
  /** The event that the operator reacts to. */
  readonly on: (event: EventBody) => boolean
  readonly command?: SteeringCommand
  /** Ctrl-C. */
  readonly interrupt?: boolean
  /** Something the operator does elsewhere, before the command. */
  readonly first?: () => void
  /** Reacts only when nothing moves any more: whoever was in a step is done, whoever waits waits. */
  readonly atRest?: boolean
}

export interface SteeredRun extends RunResult {
  readonly answers: readonly Extract<EventBody, { type: 'steering' }>[]
  readonly port: ControlPort
}

/** A run through the real engine with an operator who makes these moves, one after the other. */
export async function steered(input: RunInput, moves: readonly Move[]): Promise<SteeredRun> {
  const left = [...moves]
  let last: ControlPort | undefined
  const run = await play({
    ...input,
    onEvent: (event, interrupts, port) => {
      last = port
      const move = left[0]
      if (!move?.on(event)) return
      left.shift()
      const act = (): void => {
        move.first?.()
        if (move.command) port(move.command, 'key')
        if (move.interrupt) interrupts.raise()
      }
      if (move.atRest) void rest().then(act)
      // The command that this event tells of takes effect right behind it.
      else if (event.type === 'steering') queueMicrotask(act)
      else act()
    },
  })
  if (left.length > 0) throw new Error(`${left.length} moves were never made`)
  const answers = run.events.flatMap((event) => (event.type === 'steering' ? [event] : []))
  return { ...run, answers, port: last as ControlPort }
}

/** Long enough for every promise that is settled to be seen; nothing that waits for a host ends in it. */
async function rest(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

export const resultOf = (host: string, step: number) => (event: EventBody) =>
  event.type === 'host_result' && event.host === host && event.step === step && !event.item

export const isPaused = (event: EventBody) => event.type === 'paused' && event.paused

export const steering = (name: SteeringCommand['command']) => (event: EventBody) =>
  event.type === 'steering' && event.command === name
