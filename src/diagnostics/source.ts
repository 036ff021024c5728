/** A text that a person wrote (playbook, inventory, vars file, command line), kept so that errors can quote it. */
export class SourceFile {
  readonly path: string
  readonly text: string
  #lineStarts: number[] | undefined

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Offsets (UTF-16 units) at which lines begin. */
  private get lineStarts(): number[] {
    if (!this.#lineStarts) {
      const starts = [0]
      for (let i = this.text.indexOf('\n'); i >= 0; i = this.text.indexOf('\n', i + 1)) starts.push(i + 1)
      this.#lineStarts = starts
    }
    return this.#lineStarts
  }

  /** 1-based line and column of an offset. */
  position(offset: number): { line: number; column: number } {
    const starts = this.lineStarts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 }
  }

  /** Text of a 1-based line, without its line end. */
  line(number: number): string {
    const start = this.lineStarts[number - 1]
    if (start === undefined) return ''
    const end = this.text.indexOf('\n', start)
    return this.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '')
  }
}

/** A stretch of a source file: start inclusive, end exclusive, in UTF-16 units. */
export class Origin {
  readonly source: SourceFile
  readonly start: number
  readonly end: number

  constructor(source: SourceFile, start: number, end: number = start) {
    this.source = source
    this.start = start
    this.end = Math.max(start, end)
  }

  get line(): number {
    return this.source.position(this.start).line
  }

  get column(): number {
    return this.source.position(this.start).column
  }

  /** `file:line:column`, the form editors and terminals make clickable. */
  toString(): string {
    return `${this.source.path}:${this.line}:${this.column}`
  }

  /** The same file, `from` units into this stretch. */
  at(from: number, to: number = from): Origin {
    return new Origin(this.source, this.start + from, this.start + to)
  }
}
