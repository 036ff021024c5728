import { Transform, useInput } from 'ink'
import type { Line } from './layout/line.ts'
import { paint } from './paint.ts'
import { type KeyName, keyNames } from './view/keys.ts'

export interface AppProps {
  readonly lines: readonly Line[]
  readonly color: boolean
  /** What Ink draws in the place of a painted line. */
  readonly standIn: (line: string) => string
  readonly onKey: (key: KeyName) => void
}

/**
 * Shows the lines of a frame as they are, and tells of keys. All deciding is done elsewhere.
 *
 * The lines are put in the place of a dot each: Ink keeps every text that it ever measured, and a run may take a night. It also
 * spares Ink to lay out and to wrap what has its width and its place already.
 */
export function App({ lines, color, standIn, onKey }: AppProps) {
  useInput((input, key) => {
    for (const name of keyNames(input, key)) onKey(name)
  })
  return (
    <Transform transform={(_, row) => standIn(paint(lines[row] ?? { spans: [] }, color))}>
      {lines.map(() => '.').join('\n')}
    </Transform>
  )
}
