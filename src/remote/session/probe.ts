import type { FrameOptions, ReadOnlyRemote, Section, SectionResult } from '../types.ts'
import type { FrameShell } from '../wire/shell.ts'
import { fromWire, OUTPUT_CAP, toldFromWire, toWire } from './sections.ts'

const PROBE_TIMEOUT_MS = 120_000

/** Looks at a host over a shell that it is handed. It has no other method: what holds it can't write. */
export class ProbeRemote implements ReadOnlyRemote {
  readonly host: string
  readonly #shell: FrameShell

  constructor(host: string, shell: FrameShell) {
    this.host = host
    this.#shell = shell
  }

  uid(): Promise<number> {
    return this.#shell.uid()
  }

  async probe(sections: readonly Section[], options: FrameOptions = {}): Promise<SectionResult[]> {
    const wire = sections.map((section) => toWire(section, PROBE_TIMEOUT_MS))
    const cap = options.maxOutputBytes ?? OUTPUT_CAP
    const results = await this.#shell.send(wire, cap, options.signal, toldFromWire(options.onResult))
    return results.map(fromWire)
  }
}
