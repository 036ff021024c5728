import { Box, Text, useInput } from 'ink'
import { memo } from 'react'
import type { Line, Span, Tone } from './layout/line.ts'
import { type KeyName, keyNames } from './view/keys.ts'

/** Neither black nor white, and nothing that only brightness tells: readable on a dark and on a light background. */
const COLOURS: { readonly [T in Tone]: string | undefined } = {
  ok: 'green',
  changed: 'yellow',
  failed: 'red',
  overdue: 'magenta',
  running: 'cyan',
  later: 'blue',
  plain: undefined,
}

export interface AppProps {
  readonly lines: readonly Line[]
  readonly color: boolean
  readonly onKey: (key: KeyName) => void
}

/** Shows the lines of a frame as they are, and tells of keys. All deciding is done elsewhere. */
export function App({ lines, color, onKey }: AppProps) {
  useInput((input, key) => {
    for (const name of keyNames(input, key)) onKey(name)
  })
  return (
    <Box flexDirection="column" height={lines.length}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the terminal is what it is by its place
        <Row key={index} line={line} color={color} />
      ))}
    </Box>
  )
}

const Row = memo(
  ({ line, color }: { readonly line: Line; readonly color: boolean }) => {
    // Ink gives an empty text no height.
    if (line.spans.length === 0) return <Text> </Text>
    return (
      <Text wrap="truncate" inverse={line.selected === true}>
        {line.spans.map((span, index) => {
          const tone = color && !line.selected ? COLOURS[span.tone ?? 'plain'] : undefined
          if (tone === undefined && !span.bold) return span.text
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part of a line is what it is by its place
            <Text key={index} bold={span.bold === true} {...(tone === undefined ? {} : { color: tone })}>
              {span.text}
            </Text>
          )
        })}
      </Text>
    )
  },
  (a, b) => a.color === b.color && a.line.selected === b.line.selected && sameSpans(a.line.spans, b.line.spans),
)

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return a.every((span, i) => span.text === b[i]?.text && span.tone === b[i]?.tone && span.bold === b[i]?.bold)
}
