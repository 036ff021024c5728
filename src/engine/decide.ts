import { UserError } from '../diagnostics/diagnostic.ts'
import type { Mode } from '../events/types.ts'
import { evaluate } from '../expression/index.ts'
import type { Value } from '../expression/values.ts'
import type { CommandResult } from '../remote/types.ts'
import type { Finding, Task, Verdict } from '../tasks/contract.ts'
import type { HostRun } from './host-run.ts'
import type { Prepared } from './prepare.ts'
import type { LayeredScope } from './scope.ts'

export type JudgedFinding = Finding & { readonly accepted?: boolean }
export type Decision = { readonly verdict: Verdict<unknown>; readonly findings: readonly JudgedFinding[] | undefined }

const NOTHING: ReadonlySet<string> = new Set()

/**
 * Parses the answers and lets the plugin decide. An inhibitor that the operator has not accepted by its key turns
 * whatever the plugin decided into a refusal. `made`: directories to be thought of as there already (see foresight.ts). Throws ProbeError, UserError or PendingValue.
 */
export function decide(
  run: HostRun,
  prepared: Prepared,
  answers: ReadonlyMap<string, CommandResult>,
  mode: Mode,
  made: ReadonlySet<string> = NOTHING,
): Decision {
  const plugin: Task = prepared.unit.step.plugin
  const facts: Record<string, unknown> = {}
  for (const [key, probe] of Object.entries(prepared.probes)) {
    const answer = answers.get(probe.id)
    if (!answer) throw new Error(`no answer to probe ${probe.id}`)
    const fact = probe.parse(answer)
    const foresee = made.size > 0 ? probe.foresee?.(made) : undefined
    facts[key] = foresee ? foresee(fact) : fact
  }
  const checked = plugin.check({
    args: prepared.args,
    facts,
    local: prepared.local,
    given: run.given,
    host: run.name,
    mode,
    evaluate: (expression, extra) => evaluate(expression, extra ? prepared.scope.with(extra) : prepared.scope),
  })
  // `changed_when: false` is the author's word that the command only looks: it makes nobody's answers stale.
  const looksOnly =
    checked.kind === 'action' &&
    prepared.unit.step.node.changedWhen.some(({ text }) => text.trim().toLowerCase() === 'false')
  const verdict = looksOnly ? { ...checked, touches: [] } : checked
  if (!verdict.findings || verdict.findings.length === 0) return { verdict, findings: undefined }
  const accepted = acceptedKeys(prepared.scope)
  const findings = verdict.findings.map((finding) =>
    accepted.has(finding.key) ? { ...finding, accepted: true } : finding,
  )
  const inhibitors = findings.filter((finding) => finding.severity === 'inhibitor' && !('accepted' in finding))
  if (inhibitors.length === 0 || verdict.kind === 'refuse') return { verdict, findings }
  const reason = `${inhibitors.length === 1 ? 'an inhibitor' : `${inhibitors.length} inhibitors`}: ${inhibitors
    .map((finding) => `${finding.key} (${finding.title})`)
    .join('; ')}`
  return {
    verdict: {
      kind: 'refuse',
      reason,
      remedy: inhibitors
        .map((finding) => finding.remedy)
        .filter((remedy) => remedy !== undefined)
        .join(' '),
    },
    findings,
  }
}

/** Inventories and -e give texts: `nic_names, watchdog`, and lists as they are written elsewhere, which would match nothing as they stand. */
function keysOf(text: string): string[] {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text
  const keys = inner.split(',').map((key) => key.trim().replace(/^(["'])(.*)\1$/, '$2'))
  return keys.filter((key) => key !== '')
}

/** `accept_findings` of the inventory, play or command line: the keys an operator takes responsibility for. What a host said never counts. */
function acceptedKeys(scope: LayeredScope): ReadonlySet<string> {
  if (scope.wasSet('accept_findings')) {
    throw new UserError({
      message: 'accept_findings was set by set_fact or register, and an acceptance is the operator’s alone',
      hint: 'write it into the inventory, the play’s vars or -e',
    })
  }
  const value: Value | undefined = scope.authored('accept_findings')
  if (value === undefined || value === null) return new Set()
  const list = typeof value === 'string' ? keysOf(value) : value
  const strange = Array.isArray(list) ? list.find((key) => typeof key !== 'string' || !/^[a-z0-9_]+$/.test(key)) : value
  if (strange !== undefined) {
    throw new UserError({
      message: `accept_findings must be a list of finding keys; ${JSON.stringify(strange)} is none`,
      hint: 'write a list, or a text such as nic_names,watchdog',
    })
  }
  return new Set(list as string[])
}
