import type { SteeringCommand } from '../../../events/commands.ts'
import { NOT_CONTINUED } from '../model/continuation.ts'
import { cursorHost } from './cursor.ts'
import type { KeyName } from './keys.ts'
import { type Pressed, say } from './pressed.ts'
import type { Situation } from './situation.ts'
import type { ViewState } from './state.ts'

const PLAIN: { readonly [key: KeyName]: 'pause' | 'resume' | 'next' | 'abort' } = {
  p: 'pause',
  r: 'resume',
  n: 'next',
  a: 'abort',
}
const RETRIED = new Set(['failed', 'refused', 'unreachable', 'overdue'])

/** A key that asks something of the run. */
export function pressSteer(view: ViewState, key: KeyName, situation: Situation): Pressed {
  const plain = PLAIN[key]
  if (plain === undefined && !['A', 'R', 's'].includes(key)) {
    return { view: key.length === 1 ? say(view, `No key "${key}" here: ? lists them.`) : view, unknown: true }
  }
  if (situation.ended) return { view: say(view, 'The run has ended: q leaves.') }
  if (!situation.steers) return { view: say(view, 'This screen only shows: there is no way back to a run.') }
  if (plain !== undefined) return { view, effect: { kind: 'command', command: { command: plain } } }
  if (key === 'A') return { view: { ...view, confirm: abortNow(situation) } }
  const host = cursorHost(view, situation)
  if (host === undefined) return { view: say(view, 'No host is listed.') }
  return key === 'R'
    ? retry(view, host, situation)
    : { view: { ...view, selected: host, confirm: skip(host, situation) } }
}

function retry(view: ViewState, host: string, { standing }: Situation): Pressed {
  if (standing(host) === 'late') {
    return { view: say(view, `${host} is still watched; it can begin again once it is given up.`) }
  }
  if (!RETRIED.has(standing(host) ?? '')) {
    return { view: say(view, `${host} has not failed: only a host that failed is retried.`) }
  }
  return { view, effect: { kind: 'command', command: { command: 'retry', host } } }
}

function skip(host: string, { standing }: Situation): NonNullable<ViewState['confirm']> {
  const command: SteeringCommand = { command: 'skip', host }
  const inStep = ['running', 'late'].includes(standing(host) ?? '')
  const what = inStep
    ? 'it finishes its step and begins no other in this run'
    : 'it begins no step any more in this run'
  const question = `Skip ${host}: ${what}; it counts as no success.`
  return { command, question, word: 'skip', typed: '' }
}

function abortNow({ resume, watched }: Situation): NonNullable<ViewState['confirm']> {
  const again = resume === undefined ? NOT_CONTINUED : `a step cut short is found and done again by: ${resume}`
  const hosts =
    watched === 1
      ? 'one host in the middle of its upgrade goes on by itself and is not watched any more'
      : `${watched} hosts in the middle of their upgrade go on by themselves and are not watched any more`
  const question = `Abort now: running steps are cancelled on their hosts; ${watched > 0 ? `${hosts}; ` : ''}${again}`
  return { command: { command: 'abort-now' }, question, word: 'abort', typed: '' }
}
