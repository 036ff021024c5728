import { z } from 'zod'
import { type CheckInput, type Content, type Diff, defineTask, type Resource, type Verdict } from '../contract.ts'
import { type HostState, hostStateProbe } from './finish/host-state.ts'
import { type FinishLocal, loadFinish } from './finish/local.ts'
import { type FinishPlan, planFinish } from './finish/plan.ts'
import { finishScript } from './finish/script.ts'
import { type FinishFact, finishProbe } from './finish/staged-probe.ts'
import { type RequestFact, requestOf, requestProbe } from './given-request.ts'
import { HOST } from './layout.ts'
import { type HostSource, type StagedFile, StageRefusal } from './staged-modules.ts'

const argsSchema = z.strictObject({})
type Args = z.infer<typeof argsSchema>

interface Facts {
  request: RequestFact
  host: HostState
  finish: FinishFact
}

interface Spec {
  readonly send: readonly { readonly name: string; readonly mode: number; readonly content: Content }[]
  readonly sources: readonly HostSource[]
}

// Disarming changes the loader's environment, wherever it keeps it.
const TOUCHES: readonly Resource[] = [
  `tree:${HOST.finish}`,
  `path:${HOST.planSums}`,
  `path:${HOST.finished}`,
  'path:/boot/grub2/grubenv',
  'path:/boot/grub/grubenv',
  'tree:/sys/firmware/efi/efivars',
]

export const stageFinishTask = defineTask<Args, Facts, Spec, FinishLocal>({
  name: 'stage_finish',
  summary:
    'Brings to the host what the final steps of the upgrade and the first boot need: the modules and drivers for the new system’s own ' +
    'initramfs, kernel arguments, services, scripts, and what the new system can’t know of the old one. Done before `stage_transaction`, ' +
    'whose plan covers it: a change takes the plan back and disarms.',
  args: argsSchema,
  exclusive: true,
  needsRoot: true,
  example: 'stage_finish: {}\n',
  load: (_args, files) => loadFinish(files),
  probes: (_args, local) => ({
    request: requestProbe,
    host: hostStateProbe,
    finish: finishProbe(Object.values(local.program).map((text) => local.bytes(text).sha256)),
  }),
  mayTouch: () => TOUCHES,
  check,
  compile: ({ send, sources }, files) => ({
    script: finishScript(sources),
    payload: files.tar(send),
    timeoutMs: 300_000,
    result: ({ code, stderr }): { msg?: string } =>
      code === 0 ? {} : { msg: stderr.trim().split('\n').at(-1) || 'the final steps could not be staged' },
  }),
})

function check({ facts, local, given }: CheckInput<Args, Facts, FinishLocal>): Verdict<Spec> {
  const found = requestOf(given, facts.request)
  if (!found.ok) return { kind: 'refuse', reason: found.reason, remedy: found.remedy }
  let plan: FinishPlan
  try {
    plan = planFinish(local, found.request, facts.host, found.from)
  } catch (error) {
    if (!(error instanceof StageRefusal)) throw error
    return { kind: 'refuse', reason: error.message, remedy: error.remedy }
  }
  const { target, services, scripts } = found.request
  const summary =
    `${target.dracutModules.length + target.kernelModules.length} modules and drivers, ` +
    `${services.enable.length + services.disable.length} services, ` +
    `${scripts.afterTransaction.length + scripts.firstBoot.length} scripts for the new system`
  const diff = diffOf(plan, facts.finish)
  const reasons = diff.length > 0 ? [] : facts.finish.notes ? ['notes of an earlier upgrade go'] : []
  if (diff.length === 0 && reasons.length === 0) return { kind: 'ok', summary }
  return {
    kind: 'change',
    summary: [summary, ...reasons, ...(facts.finish.planned ? ['the plan must be frozen anew'] : [])].join('; '),
    diff,
    touches: TOUCHES,
    spec: {
      send: plan.files.map(({ place: name, mode, content }) => ({ name, mode, content })),
      sources: plan.sources,
    },
  }
}

/** Empty when everything is as planned. */
function diffOf(plan: FinishPlan, fact: FinishFact): Diff[] {
  const wanted = new Map(plan.files.map((file) => [file.place, file]))
  const copied = (place: string) =>
    plan.sources.some((source) => place === source.place || place.startsWith(`${source.place}/`))
  const added = [...wanted.keys()].filter((place) => fact.files[place] === undefined)
  const changed = [...wanted.values()].filter((file) => differs(file, fact.files[file.place])).map(({ place }) => place)
  const removed = Object.keys(fact.files).filter((place) => !wanted.has(place) && !copied(place))
  const diff: Diff[] = []
  const shown = new Set<string>()
  for (const place of changed) {
    const [before, after] = [fact.texts[place], wanted.get(place)?.text]
    if (before === undefined || after === undefined || before === after) continue
    shown.add(place)
    diff.push({ kind: 'text', path: `${HOST.finish}/${place}`, before, after })
  }
  const items = {
    added: [...added, ...plan.sources.filter(({ place }) => fact.sources[place] === undefined).map(described)].sort(),
    removed: [...removed, ...goneSources(plan, fact)].sort(),
    changed: [
      ...changed.filter((place) => !shown.has(place)),
      ...plan.sources.filter((source) => sourceDiffers(source, fact)).map(described),
    ].sort(),
  }
  if (items.added.length + items.removed.length + items.changed.length > 0) {
    diff.push({ kind: 'items', title: `files below ${HOST.finish}`, ...items })
  }
  return diff
}

function differs({ mode, content }: StagedFile, is: string | undefined): boolean {
  return is !== undefined && is !== `${mode.toString(8)} 0:0 ${content.sha256}`
}

function sourceDiffers({ path, place }: HostSource, { sources }: FinishFact): boolean {
  const is = sources[place]
  return is !== undefined && (is.path !== path || is.now !== is.was || !is.intact)
}

function goneSources(plan: FinishPlan, { sources }: FinishFact): string[] {
  return Object.entries(sources)
    .filter(([place]) => !plan.sources.some((source) => source.place === place))
    .map(([place, { path }]) => described({ place, path }))
}

function described({ place, path }: HostSource): string {
  return `${place} from ${path} on the host`
}
