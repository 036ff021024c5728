/** A fault in the text of an expression or template; offsets into that text. Caught at the API and turned into a UserError. */
export class SyntaxFault extends Error {
  readonly start: number
  readonly end: number
  readonly hint: string | undefined

  constructor(message: string, start: number, end: number = start + 1, hint?: string) {
    super(message)
    this.start = start
    this.end = end
    this.hint = hint
  }
}
