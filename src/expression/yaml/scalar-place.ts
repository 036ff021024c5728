import type { Scalar } from 'yaml'
import type { SourceFile } from '../../diagnostics/source.ts'
import { ScalarOrigin, type ScalarStyle } from './scalar-origin.ts'

/** Place of a parsed scalar's content: without its quotes, from the line after a block's header on. */
export function placeOfScalar(source: SourceFile, node: Scalar): ScalarOrigin {
  const [start, end] = node.range ?? [0, 0]
  const value = String(node.value ?? '')
  const style = styleOf(node)
  if (style === 'plain') return new ScalarOrigin(source, start, end, value, style)
  if (style !== 'block') return new ScalarOrigin(source, start + 1, Math.max(start + 1, end - 1), value, style)
  const content = source.text.slice(start, end)
  const header = content.indexOf('\n') + 1
  const indent = /^(?:[ \t]*\r?\n)*[ \t]*/.exec(content.slice(header))?.[0].length ?? 0
  return new ScalarOrigin(source, start + header + (value.startsWith('\n') ? 0 : indent), end, value, style)
}

function styleOf(node: Scalar): ScalarStyle {
  if (node.type === 'QUOTE_DOUBLE') return 'double'
  if (node.type === 'QUOTE_SINGLE') return 'single'
  return node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL' ? 'block' : 'plain'
}
