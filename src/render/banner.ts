import type { Output } from './output.ts'

/** `TASK [name] ****`, padded to the terminal's width, or to 79 in a pipe; three stars at least. Begins with an empty line. */
export function banner(text: string, out: Pick<Output, 'columns'>): string {
  const width = out.columns === undefined ? 79 : Math.max(20, out.columns - 1)
  return `\n${text} ${'*'.repeat(Math.max(3, width - text.length - 1))}\n`
}
