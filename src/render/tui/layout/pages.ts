import { MASK } from '../../../events/redactor.ts'
import { continuation, NOT_CONTINUED } from '../model/continuation.ts'
import type { FrameContext } from './context.ts'
import { groupsPage } from './groups-page.ts'
import { helpPage } from './help-page.ts'
import { hostPage } from './host-page.ts'
import { type Line, line } from './line.ts'
import { STANDING } from './look.ts'
import { wrap } from './width.ts'

/** The lines of the page that is open over the list. */
export function pageLines(context: FrameContext): { title: string; lines: Line[] } {
  const { view, columns, model, reproduce } = context
  const host = model.hosts.get(view.selected ?? '')
  switch (view.page) {
    case 'groups':
      return { title: 'groups', lines: groupsPage(context) }
    case 'help':
      return { title: 'help', lines: helpPage(context) }
    case 'command': {
      const shown = (title: string, command: string) => [
        line(columns, { text: title, bold: true }),
        ...wrap(command, Math.max(1, columns - 2)).map((text) => line(columns, `  ${text}`)),
        line(columns, ''),
      ]
      const more = continuation(model, context)
      return {
        title: 'command (printed again after the screen)',
        lines: [
          ...shown(
            `Does this run again${reproduce.includes(MASK) ? ', with what was hidden in its place' : ''}:`,
            reproduce,
          ),
          ...(more === undefined ? [] : shown('Continues it:', more)),
          ...(model.started?.rehearsal === undefined ? [] : [line(columns, `(${NOT_CONTINUED})`)]),
        ],
      }
    }
    case 'log': {
      const lines = host?.log?.lines ?? []
      const dropped = host?.log?.dropped ?? 0
      const head =
        dropped > 0 ? [line(columns, `(${dropped} older lines are in the host's log beside the journal)`)] : []
      const all = lines.flatMap((text) => wrap(text, columns).map((part) => line(columns, part)))
      const none = lines.length === 0 ? [line(columns, 'This host has said nothing yet.')] : []
      const word = host ? STANDING[host.standing].word : ''
      return { title: `log of ${host?.name ?? ''}, ${word}`, lines: [...head, ...all, ...none] }
    }
    default:
      return host
        ? { title: `${host.name}, ${STANDING[host.standing].word}`, lines: hostPage(context, host) }
        : { title: '', lines: [] }
  }
}
