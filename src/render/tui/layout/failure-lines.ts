import { counted } from '../../../diagnostics/counted.ts'
import { failureText } from '../model/failures.ts'
import { differences, planGroups } from '../model/plans.ts'
import type { FrameContext } from './context.ts'
import { type Line, line } from './line.ts'
import { STANDING } from './look.ts'

/** The largest groups of failures, a line each; the last line tells of the others. */
export function failureLines({ model, columns }: FrameContext, room: number): Line[] {
  const groups = model.failures.groups()
  if (groups.length === 0 || room <= 0) return []
  const shown = groups.length > room ? groups.slice(0, Math.max(0, room - 1)) : groups
  const lines = shown.map((group) => {
    const { glyph, word, tone } = STANDING[group.kind]
    return line(columns, { text: `${glyph} ${word} `, tone, bold: true }, `${failureText(group)}  [${group.step}]`)
  })
  if (shown.length < groups.length) {
    lines.push(line(columns, `  ${groups.length - shown.length} more kinds of failure: o shows all`))
  }
  return lines
}

/** `997 the same, 3 differ (2 ways): o shows how`, once a host's check is done. */
export function pendingLine({ model, columns }: FrameContext): Line | undefined {
  if (!model.check) return undefined
  const [most, ...others] = planGroups(model.hosts.values())
  if (!most) return undefined
  const changes = most.steps.size
  const alike = `${most.hosts.length} the same: ${changes === 0 ? 'nothing to change' : `${counted(changes, 'step')} would change`}`
  const apart = others.reduce((sum, { hosts }) => sum + hosts.length, 0)
  if (apart === 0) return line(columns, 'plan: ', alike)
  const first = others[0]
  const where = first ? differences(first, most)[0] : undefined
  const how = where === undefined ? '' : `, first in: ${model.steps[where.step]?.name ?? ''}`
  return line(
    columns,
    'plan: ',
    alike,
    { text: `; ${apart} ${apart === 1 ? 'differs' : 'differ'}${how}`, tone: 'changed' },
    '  (o shows how)',
  )
}
