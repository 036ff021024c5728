/** Where a renderer writes: a terminal, a pipe, or the memory of a test. */
export interface Output {
  /** Never throws. */
  write(text: string): void
  readonly isTTY: boolean
  /** Width of a terminal; undefined for a pipe. */
  readonly columns: number | undefined
}

/** A renderer sees events and nothing else. */
export interface Renderer {
  readonly sink: import('../events/types.ts').EventSink
  /** Stops timers and shows what is still buffered. Safe to call more than once. */
  close(): void
}
