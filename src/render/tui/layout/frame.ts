import { type HostView, isBusy } from '../model/host.ts'
import { overview } from '../model/overview.ts'
import { cursorHost } from '../view/cursor.ts'
import type { ViewState } from '../view/state.ts'
import { batchLines } from './bars.ts'
import type { FrameContext, FrameInput } from './context.ts'
import { countsLines } from './counts.ts'
import { failureLines, pendingLine } from './failure-lines.ts'
import { fitted } from './fit.ts'
import { headerLines } from './header.ts'
import { keyLines } from './key-lines.ts'
import { EMPTY, type Line, line } from './line.ts'
import { pageLines } from './pages.ts'
import { hostRows } from './rows.ts'
import { saidLines } from './said-lines.ts'
import { cut } from './width.ts'

export interface Frame {
  /** Exactly one fewer than the terminal has rows. */
  readonly lines: readonly Line[]
  readonly listed: readonly string[]
  readonly pageSize: number
  /** Lines of the page that is open. */
  readonly total: number
}

/** Lines that the list, or the page that is open, is never squeezed below while anything else can give way. */
const LEAST_BODY = 4

/** A whole frame: fits the terminal whatever its size, however many hosts there are. */
export function frame(input: FrameInput): Frame {
  const context: FrameContext = { ...input, fleet: overview(input.model) }
  const height = Math.max(1, input.rows - 1)
  const allKeys = keyLines(input).slice(0, Math.max(1, Math.floor(height / 3)))
  const said = saidLines(context, Math.max(1, Math.floor(height / 3)))
  const head = headLines(context, height - allKeys.length - said.length - 1 - LEAST_BODY)
  const left = height - head.length - said.length - 1
  // Keys but the first line give way to one row of the list.
  const keys = allKeys.slice(0, Math.max(1, left - 1))
  const room = Math.max(1, left - keys.length)
  const listed = listedHosts(context)
  const { title, lines, total } =
    input.view.page === 'hosts' ? listBody(context, listed, room) : pageBody(context, room)
  const body = [...lines, ...new Array<Line>(Math.max(0, room - lines.length)).fill(EMPTY)]
  const all = fitted(context, { head, rule: ruled(context, title), body, said, keys }, height)
  return { lines: all, listed: listed.map(({ name }) => name), pageSize: room, total }
}

function headLines(context: FrameContext, room: number): Line[] {
  const lines = headerLines(context)
  const add = (more: readonly Line[]) => lines.push(...more.slice(0, Math.max(0, room - lines.length)))
  add(countsLines(context))
  if (context.view.page !== 'hosts') return lines
  const tall = context.rows >= 30
  // A stopped play takes more: its reason is whole on the narrowest terminal.
  const most = (tall ? 6 : 4) + (context.model.play?.stopped ? 2 : 0)
  add(batchLines(context, Math.min(most, room - lines.length)))
  const pending = pendingLine(context)
  if (pending) add([pending])
  add(failureLines(context, Math.min(tall ? 5 : 3, room - lines.length)))
  return lines
}

function listedHosts({ fleet, view, model }: FrameContext): readonly HostView[] {
  if (view.filter === '' && !view.failedOnly) return fleet.order
  const text = view.filter.toLowerCase()
  return fleet.order.filter((host) => {
    if (view.failedOnly && !['failed', 'refused', 'unreachable', 'overdue', 'late'].includes(host.standing))
      return false
    if (text === '') return true
    const step = isBusy(host) ? (model.steps[host.step]?.name ?? '') : ''
    return `${host.name} ${host.standing} ${step}`.toLowerCase().includes(text)
  })
}

function listBody(context: FrameContext, listed: readonly HostView[], room: number): Body {
  const { view, model } = context
  const cursor = cursorHost(view, { listed: listed.map(({ name }) => name) })
  const at = Math.max(
    0,
    listed.findIndex(({ name }) => name === cursor),
  )
  const first = Math.max(0, Math.min(listed.length - room, at - Math.floor(room / 2)))
  const shown = listed.slice(first, first + room)
  const which = [
    view.failedOnly ? 'failed only' : '',
    view.filter === '' ? '' : `filter "${view.filter}"`,
    listed.length < model.hosts.size ? `${listed.length} of ${model.hosts.size}` : '',
  ].filter((part) => part !== '')
  const range = shown.length === 0 ? 'none' : `${first + 1}-${first + shown.length} of ${listed.length}`
  return {
    title: `hosts ${range}${which.length > 0 ? `  (${which.join(', ')}; Esc: all)` : ''}`,
    lines: hostRows(context, shown, cursor),
    total: listed.length,
  }
}

interface Body {
  readonly title: string
  readonly lines: readonly Line[]
  readonly total: number
}

function pageBody(context: FrameContext, room: number): Body {
  const { title, lines } = pageLines(context)
  const first = firstLine(context.view, lines.length, room)
  const more = lines.length > room ? `  ${first + 1}-${Math.min(lines.length, first + room)} of ${lines.length}` : ''
  return { title: `${title}${more}  (Esc: back)`, lines: lines.slice(first, first + room), total: lines.length }
}

function firstLine({ scroll }: ViewState, lines: number, room: number): number {
  const last = Math.max(0, lines - room)
  return Math.min(scroll ?? last, last)
}

function ruled({ columns, signs }: FrameContext, title: string): Line {
  const text = cut(title, columns - 4)
  return line(
    columns,
    `${signs.rule}${signs.rule} `,
    { text, bold: true },
    ` ${signs.rule.repeat(columns)}`.slice(0, Math.max(0, columns - text.length - 3)),
  )
}
