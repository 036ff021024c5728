import type { Output } from './output.ts'

const MARK = 'REHEARSAL '

/** Marks every line, the empty ones too: no part of it can be taken for a real run's. */
export function rehearsalOutput(out: Output): Output {
  let atStart = true
  return {
    isTTY: out.isTTY,
    get columns() {
      return out.columns === undefined ? undefined : out.columns - MARK.length
    },
    write: (text) => {
      if (text === '') return
      const lead = atStart ? MARK : ''
      atStart = text.endsWith('\n')
      const whole = atStart ? text.slice(0, -1) : text
      out.write(lead + whole.replaceAll('\n', `\n${MARK}`) + (atStart ? '\n' : ''))
    },
  }
}
