import { EventBus } from '../../src/events/bus.ts'
import type { EventBody } from '../../src/events/types.ts'
import type { Output } from '../../src/render/output.ts'
import { createPlainRenderer, type PlainOptions, type PlainRenderer } from '../../src/render/plain.ts'

/** An output that keeps what was written. */
export class MemoryOutput implements Output {
  readonly isTTY: boolean = false
  readonly columns: number | undefined = undefined
  text = ''

  write(text: string): void {
    this.text += text
  }

  get lines(): string[] {
    return this.text.split('\n')
  }
}

/** The plain renderer on a memory output, fed through a real bus. */
export function plainOnMemory(options: Partial<PlainOptions> = {}): {
  out: MemoryOutput
  emit: (...bodies: EventBody[]) => void
  renderer: PlainRenderer
} {
  const out = new MemoryOutput()
  const renderer = createPlainRenderer({ out, color: false, verbosity: 0, ...options })
  const bus = new EventBus({ run: 'test' })
  bus.add(renderer.sink)
  return {
    out,
    renderer,
    emit: (...bodies) => {
      for (const body of bodies) bus.emit(body)
    },
  }
}
