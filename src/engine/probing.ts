import type { CommandResult, ReadOnlyRemote, SectionResult } from '../remote/types.ts'
import type { Probe } from '../tasks/contract.ts'
import type { FactCache } from './fact-cache.ts'

/** Answers to `needed`, from the cache where they still hold; what is missing is asked in one frame together with `more`. */
export async function answers(
  remote: ReadOnlyRemote,
  cache: FactCache,
  needed: readonly Probe<unknown>[],
  more: () => Promise<readonly Probe<unknown>[]>,
  signal: AbortSignal,
): Promise<Map<string, CommandResult>> {
  const known = new Map<string, CommandResult>()
  const missing = new Map<string, Probe<unknown>>()
  for (const probe of needed) {
    const answer = cache.get(probe)
    if (answer) known.set(probe.id, answer)
    else missing.set(probe.id, probe)
  }
  if (missing.size === 0) return known
  for (const probe of await more()) if (!cache.get(probe)) missing.set(probe.id, probe)
  const asked = [...missing.values()]
  const results = await remote.probe(
    asked.map(({ script }) => ({ script, onFailure: 'continue' })),
    { signal },
  )
  keep(cache, asked, results)
  for (const probe of needed) {
    const answer = cache.get(probe)
    if (answer) known.set(probe.id, answer)
  }
  return known
}

/** Files results under their probes. */
export function keep(cache: FactCache, probes: readonly Probe<unknown>[], results: readonly SectionResult[]): void {
  probes.forEach((probe, i) => {
    const result = results[i]
    if (result?.ran) cache.set(probe, result)
  })
}
