import { type Line, line, type Part } from './line.ts'

type KeyItem = readonly [key: string, label: string]

const LOOK: readonly KeyItem[] = [
  ['jk', 'move'],
  ['PgUp/Dn', 'page'],
  ['g/G', 'ends'],
  ['/', 'filter'],
  ['f', 'failed'],
  ['Enter', 'detail'],
  ['l', 'log'],
  ['o', 'groups'],
  ['y', 'command'],
  ['?', 'help'],
]
const STEER: readonly KeyItem[] = [
  ['p', 'pause'],
  ['r', 'resume'],
  ['n', 'next batch'],
  ['R', 'retry'],
  ['s', 'skip'],
  ['a', 'abort'],
  ['A', 'abort now'],
]

/** All keys that do something here, on as many lines as they need. */
export function keyLines({ columns, steers }: { readonly columns: number; readonly steers: boolean }): Line[] {
  const items = [...LOOK, ...(steers ? STEER : []), ['q', 'leave'] as const]
  const rows: Part[][] = [[]]
  let used = 0
  for (const [key, label] of items) {
    const width = key.length + 1 + label.length
    if (used > 0 && used + 2 + width > columns) {
      rows.push([])
      used = 0
    }
    if (used > 0) rows.at(-1)?.push('  ')
    rows.at(-1)?.push({ text: key, bold: true }, ` ${label}`)
    used += (used > 0 ? 2 : 0) + width
  }
  return rows.map((parts) => line(columns, ...parts))
}
