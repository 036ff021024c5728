import type { FilterTable } from '../callable.ts'
import { defaults } from './defaults.ts'
import { dicts } from './dicts.ts'
import { encoding } from './encoding.ts'
import { json } from './json.ts'
import { lists } from './lists.ts'
import { numbers } from './numbers.ts'
import { paths } from './paths.ts'
import { regex } from './regex.ts'
import { selecting } from './select.ts'
import { sets } from './sets.ts'
import { sizes } from './sizes.ts'
import { texts } from './text.ts'
import { versions } from './version.ts'
import { yaml } from './yaml.ts'

const tables: readonly FilterTable[] = [
  defaults,
  dicts,
  encoding,
  json,
  lists,
  numbers,
  paths,
  regex,
  selecting,
  sets,
  sizes,
  texts,
  versions,
  yaml,
]

/** The closed table of filters. */
export const FILTERS: ReadonlyMap<string, FilterTable[string]> = new Map(
  tables.flatMap((table) => Object.entries(table)),
)
