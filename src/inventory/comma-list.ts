import { Origin, type SourceFile } from '../diagnostics/source.ts'
import type { InventoryDraft } from './draft.ts'
import { readHostNames } from './host-name.ts'

/** `-i 'web1,db[1:3]:2222,'`: hosts without groups. Ranges are expanded. */
export function readCommaList(source: SourceFile, draft: InventoryDraft): void {
  let start = 0
  for (const part of source.text.split(',')) {
    const lead = part.length - part.trimStart().length
    const text = part.trim()
    const place = new Origin(source, start + lead, start + lead + text.length)
    start += part.length + 1
    if (text === '') continue
    const { names, port } = readHostNames({ text, at: (from, to) => place.at(from, to) })
    for (const name of names) draft.addHost(name, 'ungrouped', port, place)
  }
}
