import { Origin, SourceFile } from '../../src/diagnostics/source.ts'
import { type Raw, TemplateText } from '../../src/expression/values.ts'
import { InventoryDraft } from '../../src/inventory/draft.ts'
import { freezeInventory } from '../../src/inventory/freeze.ts'
import { readIni } from '../../src/inventory/ini.ts'
import type { Located } from '../../src/inventory/located.ts'
import type { Inventory } from '../../src/inventory/types.ts'
import { readYamlInventory } from '../../src/inventory/yaml-inventory.ts'

/** An inventory from INI text called `hosts.ini`. */
export function fromIni(text: string): Inventory {
  const draft = new InventoryDraft()
  readIni(new SourceFile('hosts.ini', text), draft)
  return freezeInventory(draft, ['hosts.ini'], [])
}

/** An inventory from YAML text called `hosts.yml`. */
export function fromYaml(text: string): Inventory {
  const draft = new InventoryDraft()
  readYamlInventory(new SourceFile('hosts.yml', text), draft)
  return freezeInventory(draft, ['hosts.yml'], [])
}

export function located(text: string): Located {
  const source = new SourceFile('f', text)
  return { text, at: (from, to) => new Origin(source, from, to) }
}

/** Plain objects with templates as their text, for comparisons. */
export function plain(raw: Raw | undefined): unknown {
  if (raw instanceof TemplateText) return raw.text
  if (Array.isArray(raw)) return raw.map(plain)
  if (typeof raw !== 'object' || raw === null) return raw
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, plain(value as Raw)]))
}

/** The message of the error that `work` throws; fails when it throws none. */
export function errorOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('no error was thrown')
}

export async function rejection(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => undefined,
    (error: Error) => error,
  )
  if (!outcome) throw new Error('no error was thrown')
  return outcome.message
}
