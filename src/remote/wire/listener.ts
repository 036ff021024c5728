/** Hears what a section prints while it runs. Must not throw. */
export interface Listener {
  /** The section's turn has come. Some of what it prints may have been heard already: the two streams are not in step. */
  begin(): void
  /** The next bytes of a stream: whole output, whatever is kept of it for the result. They are only good during the call. */
  hear(stream: 'stdout' | 'stderr', bytes: Buffer): void
  /** It has its result, or never will. */
  end(): void
}
