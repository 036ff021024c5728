import { visibleJson } from '../events/visible.ts'
import type { Output, Renderer } from './output.ts'

/** One event per line, as docs/events.md describes them; characters that could drive a terminal are `\u` escapes. */
export function createJsonRenderer(out: Output): Renderer {
  return {
    sink: (event) => out.write(`${visibleJson(JSON.stringify(event))}\n`),
    close: () => {},
  }
}
