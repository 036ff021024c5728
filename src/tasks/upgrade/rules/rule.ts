import type { HostFacts } from '../host/facts.ts'
import type { RequestFile } from '../request.ts'

/** What a rule asks for: a request like any other, and the flags of dracut that only rules set. */
export interface RuleRequest extends Omit<RequestFile, 'when'> {
  readonly lvmconf?: boolean
  readonly mdadmconf?: boolean
}

interface RuleInput {
  readonly host: HostFacts
  /** Majors. */
  readonly source: string
  readonly target: string
  /** As the play says it, such as `9.6`. */
  readonly targetRelease: string
}

/** One fact of a host that calls for something in the image. */
export interface BuiltInRule {
  /** Provenance is `built-in:<name>`. */
  readonly name: string
  /** For the documentation: when it holds, and why. */
  readonly about: string
  /**
   * Whether a machine of this kind was upgraded by this project: in its lab, or never, when only the case files are there. A rule that was
   * never run is said to the operator by preflight.
   */
  readonly proven: 'lab' | 'never run'
  when(input: RuleInput): boolean
  asks(input: RuleInput): RuleRequest
}

/** Copies a file to the same place in the container. */
export function same(paths: readonly string[]): { src: string; dst: string }[] {
  return paths.map((path) => ({ src: path, dst: path }))
}
