import { visible } from '../../../events/visible.ts'

/** One line of text from a host or a file, fit for a cell of the screen: nothing in it can move the cursor. */
export function clean(text: string, cap = 300): string {
  return visible(text.trim().replaceAll('\t', '  ').replace(/\r?\n/g, ' / '), cap)
}
