import { NOT_CONTINUED } from '../model/continuation.ts'
import type { FrameContext } from './context.ts'
import { type Line, line } from './line.ts'
import { pad, wrap } from './width.ts'

type Help = readonly [keys: string, meaning: string]

const LOOK: readonly Help[] = [
  ['j k, arrows', 'move the cursor, or scroll a page'],
  ['PgUp PgDn', 'a page; also Ctrl-B, Ctrl-F and space'],
  ['g G', 'to the first, to the last; also Home and End'],
  ['/', 'only hosts whose name, state or running step has this text'],
  ['f', 'only hosts that failed, are unreachable, overdue or late; f again: all'],
  ['Enter', 'the host under the cursor: steps, findings, diffs'],
  ['l', 'its log; at the end it follows what comes'],
  ['o', 'failures and plans by group of hosts that are alike'],
  ['y', 'the command that does this again, and the one that continues this run'],
  ['Esc', 'back; in the list: all hosts, cursor at the top'],
  ['Ctrl-L', 'draw everything anew'],
]
const STEER: readonly Help[] = [
  ['p', 'pause: hosts finish what was sent to them and get nothing new'],
  ['r', 'resume'],
  ['n', 'go on until the end of a batch, then pause again'],
  ['R', 'retry the host under the cursor: it begins again with the step that failed'],
  ['s', 'skip it (asks): it finishes its step and begins no other in this run'],
  ['a', 'abort: nothing new is sent, what was sent finishes; hosts are left between two steps'],
  ['A', 'abort now (asks): running steps are cancelled on their hosts'],
]
const OWN: Help = [
  'Ctrl-C',
  'as without a screen: first like a, then like A, the third time leaves at once; work that is detached on hosts goes on',
]
const OTHER: Help = ['Ctrl-C q', 'leaves the screen; the run goes on in its own process']
const REPLAY: Help = ['Ctrl-C q', 'leaves the replay, which does nothing to any run']

/** What each key does, and what it means for the hosts. */
export function helpPage({ columns, steers, owns, replay, resume }: FrameContext): Line[] {
  const items = [...LOOK, ...(steers ? STEER : []), owns ? OWN : replay ? REPLAY : OTHER]
  if (owns) items.push(['q', 'leaves once the run has ended: until then the run goes on only with this screen'])
  const width = columns < 80 ? 13 : 14
  const lines = items.flatMap(([keys, meaning]) =>
    wrap(meaning, Math.max(10, columns - width)).map((text, i) =>
      line(columns, { text: pad(i === 0 ? keys : '', width), bold: true }, text),
    ),
  )
  const notes = [
    '',
    `Hosts are listed by attention: failed, late, running, waiting, done. LATE: its upgrade takes longer than expected, it is watched on; OVERDUE: it was given up. Whatever happens to this screen, the run is in its journal. ${resume === undefined ? `But ${NOT_CONTINUED}.` : 'It is continued by:'}`,
    ...(resume === undefined ? [] : [`  ${resume}`]),
  ]
  return [
    ...lines,
    ...notes.flatMap((note) =>
      note === '' ? [line(columns, '')] : wrap(note, columns).map((text) => line(columns, text)),
    ),
  ]
}
