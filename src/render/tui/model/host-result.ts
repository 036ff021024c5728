import { withoutHostName } from '../../../events/host-name.ts'
import type { HostResult, Status } from '../../../events/types.ts'
import { clean } from './clean.ts'
import { commandOutput } from './command-output.ts'
import { factsLine } from './facts-line.ts'
import { type HostView, isLost, type StepOutcome } from './host.ts'
import { inPlan, planPart } from './plans.ts'
import type { RunModel } from './run-model.ts'

/** Items of one loop that are kept for a host. */
const ITEMS = 100
const LOST: ReadonlySet<Status> = new Set(['failed', 'refused', 'unreachable', 'overdue'])

/** What a result tells of its host: the step's outcome, counts, the first cause of a failure, the plan. */
export function takeResult(model: RunModel, host: HostView, step: number, event: HostResult): void {
  const outcome = outcomeOf(model, event, host.name)
  // A step that took no time was not done; it says nothing of how long the step takes.
  if (!event.item && event.status !== 'skipped') model.steps[step]?.times.add(event.ms)
  if (inPlan(outcome)) host.plan += `${numbered(model, planPart(step, outcome, host.name))},`
  logged(model, host, event, step)
  if (event.item) {
    addItem(host, step, outcome)
    return
  }
  host.outcomes[step] = outcome
  host.phase = undefined
  if (event.interrupted && !isLost(host)) {
    host.last = outcome.message
    return
  }
  count(host, event)
  if (model.steps[step]?.task === 'setup') host.facts = factsLine(event.result) || host.facts
  host.last = outcome.message === '' ? '' : `${model.steps[step]?.name ?? ''}: ${outcome.message}`
  if (!LOST.has(event.status) || event.ignored) return
  host.standing = event.status as 'failed' | 'refused' | 'unreachable' | 'overdue'
  host.since = model.time
  host.step = step
  host.last = outcome.message
  if (host.failure) return
  host.cause = outcome.message
  host.remedy = outcome.remedy
  const { message, remedy } = outcome
  model.failures.add(host, { kind: host.standing, step: model.steps[step]?.name ?? '', message, remedy })
}

function outcomeOf(model: RunModel, event: HostResult, host: string): StepOutcome {
  const { status, findings, ms } = event
  const diff = event.diff && event.diff.length > 0 ? event.diff : undefined
  const nameless = withoutHostName(diff, host)
  const own = diff && model.diffs.put(diff)
  return {
    status,
    ignored: event.ignored === true,
    interrupted: event.interrupted === true,
    message: clean(event.message ?? '', 500),
    remedy: clean(event.remedy ?? '', 500),
    ms,
    diff: own,
    alike: nameless && nameless !== diff ? model.diffs.put(nameless) : own,
    findings: findings && findings.length > 0 ? model.findings.put(findings) : undefined,
    item: event.item ? clean(event.item.label, 100) : undefined,
  }
}

function addItem(host: HostView, step: number, outcome: StepOutcome): void {
  host.items ??= new Map()
  const items = host.items.get(step)
  if (!items) host.items.set(step, [outcome])
  else if (items.length < ITEMS) items.push(outcome)
}

/** As in the recap: a changed step is ok too, and so is a failure that is ignored. */
function count({ counts }: HostView, { status, ignored }: HostResult): void {
  if (status === 'changed') counts.ok++
  if (status === 'refused' || status === 'failed') {
    if (ignored) {
      counts.ok++
      counts.ignored++
    } else counts.failed++
  } else counts[status]++
}

function logged(model: RunModel, host: HostView, event: HostResult, step: number): void {
  const item = event.item ? ` (${event.item.label})` : ''
  const said = event.message ? `: ${event.message}` : ''
  if (event.status !== 'ok' || event.message) {
    model.log(host, `[${model.steps[step]?.name ?? step + 1}]${item} ${event.status}${said}`)
    for (const text of commandOutput(event)) model.log(host, text)
  }
}

function numbered({ planParts }: RunModel, part: string): number {
  let number = planParts.get(part)
  if (number === undefined) {
    number = planParts.size
    planParts.set(part, number)
  }
  return number
}
