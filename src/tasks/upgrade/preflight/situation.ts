import type { Finding } from '../../contract.ts'
import type { HostFacts } from '../host/facts.ts'
import type { LoaderFacts } from '../loaders/facts.ts'
import type { Distribution } from '../rules/distributions.ts'
import type { BegunFacts } from '../unless-half-replaced.ts'
import type { LockFacts } from './lock-probe.ts'
import type { SpaceFacts } from './space-probe.ts'

/** Everything that a rule may look at. */
export interface Situation {
  readonly host: HostFacts
  readonly loader: LoaderFacts
  readonly space: SpaceFacts
  readonly lock: LockFacts
  readonly begun: BegunFacts
  /** The family that the host belongs to; undefined for a distribution that nobody described. */
  readonly distribution: Distribution | undefined
  readonly targetRelease: string
  /** Supported pairs for this host: major release -> major releases. */
  readonly paths: Readonly<Record<string, readonly string[]>>
  /** MiB that the operator says are needed, in place of the estimates. */
  readonly needs: {
    readonly boot?: number | undefined
    readonly container?: number | undefined
    readonly packages?: number | undefined
    readonly memory?: number | undefined
  }
}

/** One concern. Pure; returns nothing where all is well. */
export type Rule = (situation: Situation) => Finding[]
