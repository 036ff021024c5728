import { meets, type Probe, type Resource } from '../tasks/contract.ts'

/** What a change that waits to be sent will do to a host. */
export interface Effect {
  readonly touches: readonly Resource[]
  readonly makes?: readonly string[] | undefined
}

/**
 * The directories that waiting changes make, when every probe can tell without asking again what it will say once they are
 * there: then a unit need not wait for them. Undefined when something else is done to what a probe reads.
 */
export function foreseen(
  probes: readonly Probe<unknown>[],
  waiting: readonly Effect[],
): ReadonlySet<string> | undefined {
  const made = new Set(waiting.flatMap(({ makes }) => makes ?? []))
  for (const probe of probes) {
    const touched = waiting.flatMap(({ touches, makes }) =>
      touches.filter((touch) => probe.reads.some((read) => meets(touch, read))).map((touch) => isMaking(touch, makes)),
    )
    if (touched.length > 0 && !(touched.every(Boolean) && probe.foresee?.(made))) return undefined
  }
  return made
}

/** `path:/a`, or `path:/a/.` for its being there, of a directory that the change makes. */
function isMaking(touch: Resource, makes: readonly string[] = []): boolean {
  return touch.startsWith('path:') && makes.includes(touch.slice('path:'.length).replace(/(.)\/\.$/, '$1'))
}
