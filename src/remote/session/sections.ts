import type { CommandResult, FrameOptions, Section, SectionResult } from '../types.ts'
import type { OnResult, RawResult } from '../wire/channel.ts'
import type { WireSection } from '../wire/frame.ts'
import { LiveOutput } from './liveOutput.ts'

/** Bytes of each stream that are kept when nothing else is said. */
export const OUTPUT_CAP = 1 << 20

/** A section as it travels. */
export function toWire(
  { script, payload, onFailure, timeoutMs, onLine }: Section,
  defaultTimeoutMs: number,
): WireSection {
  const listener = onLine && new LiveOutput(onLine)
  return { script, payload, stop: onFailure === 'stop', timeoutMs: timeoutMs ?? defaultTimeoutMs, listener }
}

/** Decoded once, whole: chunks cut characters apart. */
export function fromWire({ ran, code, stdout, stderr, truncated }: RawResult): SectionResult {
  return { ran, code, stdout: stdout.toString(), stderr: stderr.toString(), truncated }
}

/** Hands results on, decoded. */
export function toldFromWire(onResult: FrameOptions['onResult']): OnResult | undefined {
  return onResult && ((_index, result) => onResult(fromWire(result)))
}

/** A single section's result without `ran`. */
export function asCommand({ code, stdout, stderr, truncated }: SectionResult): CommandResult {
  return { code, stdout, stderr, truncated }
}
