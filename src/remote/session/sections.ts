import type { CommandResult, Section, SectionResult } from '../types.ts'
import type { RawResult } from '../wire/channel.ts'
import type { WireSection } from '../wire/frame.ts'

/** Bytes of each stream that are kept when nothing else is said. */
export const OUTPUT_CAP = 1 << 20

/** A section as it travels. */
export function toWire({ script, payload, onFailure, timeoutMs }: Section, defaultTimeoutMs: number): WireSection {
  return { script, payload, stop: onFailure === 'stop', timeoutMs: timeoutMs ?? defaultTimeoutMs }
}

/** Decoded once, whole: chunks cut characters apart. */
export function fromWire({ ran, code, stdout, stderr, truncated }: RawResult): SectionResult {
  return { ran, code, stdout: stdout.toString(), stderr: stderr.toString(), truncated }
}

/** A single section's result without `ran`. */
export function asCommand({ code, stdout, stderr, truncated }: SectionResult): CommandResult {
  return { code, stdout, stderr, truncated }
}
