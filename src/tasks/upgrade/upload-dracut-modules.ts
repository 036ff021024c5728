import { z } from 'zod'
import { type CheckInput, type Content, type Diff, defineTask, type Verdict } from '../contract.ts'
import { type RequestFact, requestOf, requestProbe } from './given-request.ts'
import { STATE } from './layout.ts'
import { fstabProbe, mountedProbe } from './mounts/fstab-probe.ts'
import { StageRefusal } from './staged-modules.ts'
import { type LocalModules, loadModules } from './upload-dracut-modules-local.ts'
import { planStage, type StagePlan } from './upload-dracut-modules-plan.ts'
import { type StageFact, stageProbe } from './upload-dracut-modules-probe.ts'
import { type StageScript, stageScript } from './upload-dracut-modules-script.ts'

const argsSchema = z.strictObject({})
type Args = z.infer<typeof argsSchema>

interface Facts {
  request: RequestFact
  stage: StageFact
  /** Lines of the host's fstab. */
  fstab: readonly string[]
  /** Points that are mounted on it. */
  mounted: readonly string[]
}

interface Spec extends Omit<StageScript, 'sends'> {
  readonly send: readonly { readonly name: string; readonly mode: number; readonly content: Content }[]
}

export const uploadDracutModulesTask = defineTask<Args, Facts, Spec, LocalModules>({
  name: 'upload_dracut_modules',
  summary:
    'Brings the dracut modules and drivers for the upgrade initramfs to the host: our own modules with their units, the mount units of the ' +
    'host’s fstab, and what the merged request names, from the controller or from the host. What is no longer asked for is removed.',
  args: argsSchema,
  exclusive: true,
  needsRoot: true,
  example: 'upload_dracut_modules: {}\n',
  load: (_args, files) => loadModules(files),
  probes: (_args, local) => ({
    request: requestProbe,
    stage: stageProbe(
      Object.values(local.ours)
        .flat()
        .map(({ content }) => content.sha256),
    ),
    fstab: fstabProbe,
    mounted: mountedProbe,
  }),
  check,
  compile(spec, files) {
    const { send, ...rest } = spec
    return {
      script: stageScript({ ...rest, sends: send.length > 0 }),
      ...(send.length > 0 ? { payload: files.tar(send) } : {}),
      timeoutMs: 300_000,
      result: ({ code, stderr }): { msg?: string } => (code === 0 ? {} : { msg: lastLine(stderr) }),
    }
  },
})

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'the modules could not be staged'
}

function check({ facts, local, given }: CheckInput<Args, Facts, LocalModules>): Verdict<Spec> {
  const found = requestOf(given, facts.request)
  if (!found.ok) return { kind: 'refuse', reason: found.reason, remedy: found.remedy }
  let plan: StagePlan
  try {
    plan = planStage(local, found.request, facts, found.from)
  } catch (error) {
    if (!(error instanceof StageRefusal)) throw error
    return { kind: 'refuse', reason: error.message, remedy: error.remedy }
  }
  const gone = plan.sources.find(({ path }) => facts.stage.sources[path] === 'missing')
  if (gone) {
    return {
      kind: 'refuse',
      reason: `${gone.path} does not exist on the host`,
      remedy: 'correct the request that names it',
    }
  }
  const differing = compare(plan, facts.stage)
  const reasons = reasonsOf(plan, facts.stage, differing)
  const { files, sources, dracut, kernel, units } = plan
  const count = `${dracut.length} dracut modules, ${kernel.length} drivers, ${units.length - 1} mounts`
  if (reasons.length === 0) return { kind: 'ok', summary: `staged: ${count}` }
  const wrong = new Set([...differing.added, ...differing.changed])
  return {
    kind: 'change',
    summary: `stage ${count}: ${reasons.join('; ')}`,
    diff: diffOf(plan, facts.stage, differing),
    touches: [`tree:${STATE}/stage`],
    spec: {
      send: files
        .filter(({ place }) => wrong.has(place))
        .map(({ place: name, mode, content }) => ({ name, mode, content })),
      places: files.map(({ place }) => place),
      sources,
      dracut,
      kernel,
      units,
    },
  }
}

interface Differing {
  readonly added: string[]
  readonly changed: string[]
  readonly removed: string[]
}

/** The controller's files against what lies on the host; what the host copies itself is told by its digests. */
function compare(plan: StagePlan, fact: StageFact): Differing {
  const wanted = new Map(plan.files.map((file) => [file.place, `${file.mode.toString(8)} 0:0 ${file.content.sha256}`]))
  const copied = (place: string) =>
    plan.sources.some((source) => place === source.place || place.startsWith(`${source.place}/`))
  return {
    added: [...wanted.keys()].filter((place) => fact.files[place] === undefined),
    changed: [...wanted]
      .filter(([place, is]) => fact.files[place] !== undefined && fact.files[place] !== is)
      .map(([place]) => place),
    removed: Object.keys(fact.files).filter((place) => !wanted.has(place) && !copied(place)),
  }
}

function reasonsOf(plan: StagePlan, fact: StageFact, { added, changed, removed }: Differing): string[] {
  const reasons: string[] = []
  const counted = (list: readonly string[], what: string) => {
    if (list.length > 0) reasons.push(`${list.length} ${list.length === 1 ? 'file' : 'files'} ${what}`)
  }
  counted(added, 'missing')
  counted(changed, 'different')
  counted(removed, 'no longer wanted')
  if (fact.manifest.kind === 'present') {
    const before = new Map(fact.manifest.value.sources.map((source) => [source.place, source]))
    for (const { path, place } of plan.sources) {
      const old = before.get(place)
      if (old?.path !== path) reasons.push(`${path} is to be staged`)
      else if (old.digest !== fact.sources[path]) reasons.push(`${path} has changed`)
    }
    if (reasons.length === 0 && fact.manifest.value.digest !== fact.digest) reasons.push('staged copies were changed')
  } else if (fact.manifest.kind === 'unreadable') {
    reasons.push(`the manifest can't be read: ${fact.manifest.why}`)
  } else if (reasons.length === 0) {
    reasons.push('an earlier run was cut off')
  }
  return reasons
}

function diffOf(plan: StagePlan, fact: StageFact, { added, changed, removed }: Differing): Diff[] {
  const after = new Map(plan.files.map((file) => [file.place, file]))
  const shown = new Set<string>()
  const diff: Diff[] = []
  for (const place of changed) {
    const text = after.get(place)?.text
    const before = fact.texts[place]
    if (text === undefined || before === undefined) continue
    shown.add(place)
    diff.push({ kind: 'text', path: `${STATE}/stage/${place}`, before, after: text })
  }
  const staged = fact.manifest.kind === 'present' ? fact.manifest.value.sources : []
  const items = {
    added: [
      ...added,
      ...plan.sources.filter(({ place }) => !staged.some((s) => s.place === place)).map(({ place }) => place),
    ],
    removed,
    changed: [
      ...changed.filter((place) => !shown.has(place)),
      ...staged.filter(({ path, digest }) => (fact.sources[path] ?? digest) !== digest).map(({ place }) => place),
    ],
  }
  if (items.added.length + items.removed.length + items.changed.length > 0) {
    diff.push({ kind: 'items', title: `files below ${STATE}/stage`, ...items })
  }
  return diff
}
