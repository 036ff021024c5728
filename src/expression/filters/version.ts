import type { FilterTable } from '../callable.ts'
import { version } from '../tests/version.ts'

/** The test `version` under the name that it once had as a filter. */
export const versions: FilterTable = {
  version: { ...version, run: (input, call) => version.run(input, call) },
  version_compare: { ...version, run: (input, call) => version.run(input, call) },
}
