import { counted } from '../../diagnostics/counted.ts'
import type { SeenPlan } from './seen-plan.ts'

/** The check came to no plan for any host: there is nothing that anybody could confirm. */
export class NoPlan extends Error {
  override name = 'NoPlan'
  readonly exitCode: number

  constructor(hosts: number, exitCode: number) {
    super(`ended, as there is no plan for any of ${counted(hosts, 'host')}: nothing was changed`)
    this.exitCode = exitCode
  }
}

/** Throws NoPlan where each host was lost or never come to, and nothing is pending on any: an apply would do no more than this check. */
export function requirePlan(seen: SeenPlan, exitCode: number): void {
  if (seen.hosts.size > 0 && !seen.hasAny) throw new NoPlan(seen.hosts.size, exitCode)
}
