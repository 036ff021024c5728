import { NOT_CONTINUED } from '../model/continuation.ts'
import { cursorHost } from './cursor.ts'
import type { KeyName } from './keys.ts'
import { type Pressed, say } from './pressed.ts'
import type { Situation } from './situation.ts'
import { enterLeaves, type Page, type ViewState } from './state.ts'
import { pressSteer } from './steer.ts'

/** Any key that neither moves nor is part of a word. */
export function pressAction(view: ViewState, key: KeyName, situation: Situation): Pressed {
  switch (key) {
    case '/':
      return { view: { ...view, page: 'hosts', typing: true } }
    case 'f':
      return { view: { ...view, page: 'hosts', failedOnly: !view.failedOnly, selected: undefined } }
    case 'enter':
      return enter(view, situation)
    case 'l':
      return { view: onHost(view, 'log', situation) }
    case 'o':
      return { view: toggled(view, 'groups') }
    case '?':
      return { view: toggled(view, 'help') }
    case 'y':
      return { view: toggled(view, 'command') }
    case 'esc':
      return { view: back(view) }
    case 'q':
      return quit(view, situation)
    default:
      return pressSteer(view, key, situation)
  }
}

function enter(view: ViewState, situation: Situation): Pressed {
  if (situation.ended && enterLeaves(view)) return { view, effect: { kind: 'leave' } }
  return { view: view.page === 'hosts' ? onHost(view, 'host', situation) : back(view) }
}

function onHost(view: ViewState, page: Page, situation: Situation): ViewState {
  if (view.page === page) return back(view)
  const host = cursorHost(view, situation)
  if (host === undefined) return say(view, 'No host is listed.')
  return { ...view, page, selected: host, scroll: page === 'log' ? undefined : 0 }
}

function toggled(view: ViewState, page: Page): ViewState {
  if (view.page === page) return back(view)
  return { ...view, page, scroll: 0, back: view.page === 'host' || view.page === 'log' ? view.page : 'hosts' }
}

function back(view: ViewState): ViewState {
  if (view.page === 'hosts') return { ...view, filter: '', failedOnly: false, selected: undefined }
  const over = view.page === 'groups' || view.page === 'help' || view.page === 'command'
  const page = over ? view.back : 'hosts'
  return { ...view, page, scroll: page === 'log' ? undefined : 0, back: 'hosts' }
}

function quit(view: ViewState, { ended, owns, interrupt, resume }: Situation): Pressed {
  if (ended || !owns) return { view, effect: { kind: 'leave' } }
  return { view: say(view, `${untilThen(interrupt)}${onceEnded(resume, interrupt)}`, true) }
}

/** What keeps the screen, and what to do about it. */
function untilThen(interrupt: number): string {
  if (interrupt >= 2) return 'The run ends when its running steps are cancelled; Ctrl-C leaves at once.'
  if (interrupt === 1) return 'The run ends when the running steps are done; Ctrl-C cancels them.'
  return 'The run goes on only with this screen. Press a to stop after the running steps'
}

/** How the run goes on after its end. */
function onceEnded(resume: string | undefined, interrupt: number): string {
  if (interrupt > 0) return resume === undefined ? ` (${NOT_CONTINUED})` : ` Continue it with: ${resume}`
  return resume === undefined ? `; ${NOT_CONTINUED}.` : `, then it can be continued with: ${resume}`
}
