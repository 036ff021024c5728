import type { Origin } from './source.ts'

/** One problem in what the user gave us: the cause, where it stands, what was expected, what to do. */
export interface Diagnostic {
  message: string
  origin?: Origin | undefined
  /** What would have been right there ("one of: ok, changed"), or a did-you-mean. */
  hint?: string | undefined
}

/** `usage`: the command line itself is wrong (exit 5). `input`: a file or value it names is wrong (exit 1). */
export type ErrorKind = 'usage' | 'input'

/** The one error class for bad input. Its message is complete and printable; no stack trace is ever shown for it. */
export class UserError extends Error {
  readonly diagnostics: readonly Diagnostic[]
  readonly kind: ErrorKind

  constructor(diagnostics: Diagnostic | readonly Diagnostic[] | string, kind: ErrorKind = 'input') {
    const list = typeof diagnostics === 'string' ? [{ message: diagnostics }] : [diagnostics].flat()
    super(list.map(formatDiagnostic).join('\n'))
    this.name = 'UserError'
    this.diagnostics = list
    this.kind = kind
  }
}

/**
 * `file:line:column: message`, the source line, a caret under the stretch, then the hint.
 * Tabs in the quoted line are kept, and repeated before the caret, so that it stands under its text in any terminal.
 */
export function formatDiagnostic({ message, origin, hint }: Diagnostic): string {
  if (!origin) return hint ? `${message}\n  ${hint}` : message
  const { line, column } = origin.source.position(origin.start)
  const text = origin.source.line(line)
  const number = String(line)
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  const width = Math.max(1, Math.min(origin.end - origin.start, text.length - column + 1))
  const gutter = ' '.repeat(number.length)
  const lines = [
    `${origin.source.path}:${line}:${column}: ${message}`,
    ` ${number} | ${text}`,
    ` ${gutter} | ${indent}${'^'.repeat(width)}`,
  ]
  if (hint) lines.push(` ${gutter} = ${hint}`)
  return lines.join('\n')
}
