import type { ValueMap } from '../../expression/values.ts'
import { ApplyError, type CheckInput, defineTask, type HostHandle, type Resource, type Verdict } from '../contract.ts'
import { FAILED, PHASE } from './container/install-script.ts'
import { type ContainerFact, containerProbe } from './container/probe.ts'
import { digestOf, sha256 } from './digest.ts'
import { HOST, STATE } from './layout.ts'
import type { TargetManifest } from './manifests.ts'
import { type StageTransactionArgs, stageTransactionArgs } from './stage-transaction-args.ts'
import type { PlanFact, PlanHead } from './transaction/plan-fact.ts'
import { planProbe } from './transaction/plan-probe.ts'
import { diffOf, planFindings, spaceOf, stageFailure, summaryOf } from './transaction/plan-verdict.ts'
import { loadProgram, type ProgramFiles } from './transaction/plugin-files.ts'
import { FROZEN, type StageSpec, stageScript } from './transaction/stage-script.ts'

interface Facts {
  container: ContainerFact
  plan: PlanFact
}

type Spec = StageSpec & { readonly timeoutMs: number }
type Check = CheckInput<StageTransactionArgs, Facts, ProgramFiles>

// Disarming changes the loader's environment, wherever it keeps it.
const TOUCHES: readonly Resource[] = [
  `path:${HOST.planSums}`,
  ...FROZEN.filter((part) => part !== 'finish').map((part) => `tree:${STATE}/${part}` as const),
  `tree:${STATE}/dnf/transaction`,
  `path:${HOST.journal}`,
  'path:/boot/grub2/grubenv',
  'path:/boot/grub/grubenv',
  'tree:/sys/firmware/efi/efivars',
]

export const stageTransactionTask = defineTask<StageTransactionArgs, Facts, Spec, ProgramFiles>({
  name: 'stage_transaction',
  summary:
    "Freezes the upgrade's transaction: the target release's own dnf, in the container, plans it for the packages of the host, every package is " +
    'downloaded and its signature checked, as `gpgcheck` of install_rpms says, the whole is tested without touching the system, and written down with digests. A check ' +
    'shows the packages that would come, go and change. Only what is frozen here is ever armed and run.',
  args: stageTransactionArgs,
  exclusive: true,
  needsRoot: true,
  example: 'stage_transaction:\n  to_install: [kernel-core]\n  to_remove: [old-agent]\n',
  load: (_args, files) => loadProgram(files),
  probes: (args, program) => ({ container: containerProbe, plan: planProbe(askedOf(args, program), program) }),
  mayTouch: () => TOUCHES,
  check,
  apply,
})

function askedOf({ refresh, timeout: _, ...lists }: StageTransactionArgs, program: ProgramFiles) {
  return { request: JSON.stringify({ ...lists, refresh }), asked: digestOf([lists, program.digest]), refresh }
}

function refuse(reason: string, remedy?: string): Verdict<Spec> {
  return { kind: 'refuse', reason, remedy }
}

function check({ args, facts, local }: Check): Verdict<Spec> {
  const both = args.to_install.filter((name) => args.to_remove.includes(name))
  if (both.length > 0) {
    return refuse(`to be installed and to be removed: ${both.join(', ')}`, 'take it out of to_install or of to_remove')
  }
  const { container, plan } = facts
  if (container.manifest.kind !== 'present' || !container.tree || !container.kernel || !plan.container) {
    return refuse('there is no complete container to plan with', 'run install_rpms before this task')
  }
  const manifest = container.manifest.value
  if (container.rpmdb !== manifest.rpmdb) {
    return refuse("the container's RPM database was changed by somebody else", 'run install_rpms before this task')
  }
  const { draft, frozen } = plan
  if (draft?.kind === 'blind') {
    return refuse(
      `the plan can't be made without writing on the host: ${draft.why}`,
      'run without --check: then nothing is armed before the plan was seen, either',
    )
  }
  if (draft?.kind === 'refused') {
    const { message, remedy } = stageFailure(draft.said)
    return refuse(message, remedy)
  }
  const holds = plan.reasons.length === 0 && frozen.kind === 'present'
  if (holds && (draft === undefined || samePins(draft.head, frozen.value))) return frozenVerdict(frozen.value)
  if (draft === undefined) return refuse('the plan could not be made, and nothing says why', 'run again with -vvv')
  return changeVerdict(draft, manifest, plan, args, local)
}

function samePins(a: PlanHead, b: PlanHead): boolean {
  return digestOf(a.inputs.pins) === digestOf(b.inputs.pins)
}

function frozenVerdict(head: PlanHead): Verdict<Spec> {
  return {
    kind: 'ok',
    summary: `frozen: ${head.release.from} to ${head.release.to}, ${summaryOf(head)}`,
    findings: planFindings(head),
    result: resultOf(head),
  }
}

function changeVerdict(
  draft: Extract<PlanFact['draft'], { kind: 'planned' }>,
  manifest: TargetManifest,
  plan: PlanFact,
  args: StageTransactionArgs,
  program: ProgramFiles,
): Verdict<Spec> {
  const { head, items } = draft
  const kernel = manifest.kernel.package.replace(/-[^-]*-[^-]*$/, '')
  if (!items.some(({ action, nevra }) => action === 'install' && nevra.startsWith(`${kernel}-`))) {
    return refuse(`the plan installs no kernel of ${head.release.to}`, `add ${kernel} to to_install`)
  }
  const reasons = plan.reasons.length > 0 ? plan.reasons : ['the repositories have new metadata']
  const { request, asked } = askedOf(args, program)
  return {
    kind: 'change',
    summary:
      `freeze the upgrade from ${head.release.from} to ${head.release.to}: ${summaryOf(head)}; ` +
      `space ${spaceOf(head)}; ${reasons.join('; ')}`,
    diff: [diffOf(items, head)],
    findings: planFindings(head),
    result: resultOf(head),
    touches: TOUCHES,
    spec: { request, asked, container: manifest.digest, timeoutMs: args.timeout * 1000 },
  }
}

function resultOf({ counts, downloadSize, space, release }: PlanHead): ValueMap {
  return {
    counts: { ...counts },
    download: downloadSize,
    space: space.map((row) => ({ ...row })),
    release: { ...release },
  }
}

async function apply(spec: Spec, { remote, signal, report, files }: HostHandle): Promise<ValueMap> {
  const script = stageScript(spec, await loadProgram(files))
  const result = await remote.job(
    { name: 'stage-transaction', script, inputsDigest: sha256(script), timeoutMs: spec.timeoutMs },
    { signal, onLine: (line) => reportLine(line, report) },
  )
  if (result.code === 0) return { plan: /^plan ([0-9a-f]{64})$/m.exec(result.stdout)?.[1] ?? '', log: result.logPath }
  const log = `the whole output is on the host in ${result.logPath}`
  if (result.diskFull !== undefined)
    throw new ApplyError(`no space: ${result.diskFull}`, `free space there, then run again; ${log}`)
  const output = `${result.stdout}\n${result.stderr}`
  if (!output.includes(`\n${FAILED}`)) {
    const cause = result.code > 128 ? `signal ${result.code - 128}` : `exit code ${result.code}`
    throw new ApplyError(`making the plan was cut off (${cause}): run again`, log)
  }
  const { message, remedy } = stageFailure(output)
  throw new ApplyError(message, remedy === undefined ? log : `${remedy}; ${log}`)
}

function reportLine(line: string, report: (line: string) => void): void {
  if (line.startsWith(PHASE)) report(line.slice(PHASE.length))
  else if (/^package \d+ of \d+: /.test(line)) report(line)
}
