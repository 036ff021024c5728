import { z } from 'zod'
import type { ValueMap } from '../../expression/values.ts'
import { ApplyError, type CheckInput, defineTask, type HostHandle, type Verdict } from '../contract.ts'
import { fingerprint } from './access/public-key.ts'
import { FAILED, PHASE } from './container/install-script.ts'
import { type ContainerFact, containerProbe } from './container/probe.ts'
import { digestOf, sha256 } from './digest.ts'
import { type RequestFact, requestOf, requestProbe } from './given-request.ts'
import { type BuildSpec, buildScript, DRACUT_LOG } from './image/build-script.ts'
import { changedInputs, imageInputsOf } from './image/inputs.ts'
import { type ArtifactsFact, arraysProbe, artifactsProbe, type StagedFact, stagedProbe } from './image/probes.ts'
import { OUR_MODULES, wantedImage } from './image/wanted.ts'
import { HOST } from './layout.ts'
import { ARTIFACT_FILES, type ImageInputs } from './manifests.ts'

const argsSchema = z.strictObject({
  compress: z
    .string()
    .regex(/^[a-z0-9]+( -[A-Za-z0-9]+)*$/, 'must be a program with options, such as zstd -3')
    .optional()
    .describe("Program that packs the image, with its options; by default dracut's own choice for the kernel"),
  timeout: z.number().int().positive().default(3600).describe('Seconds that a build may take'),
})
type Args = z.infer<typeof argsSchema>

interface Facts {
  request: RequestFact
  container: ContainerFact
  staged: StagedFact
  artifacts: ArtifactsFact
  arrays: readonly string[]
}

type Spec = BuildSpec & { readonly timeoutMs: number }

export const runDracutTask = defineTask<Args, Facts, Spec>({
  name: 'run_dracut',
  summary:
    "Builds the upgrade initramfs in the container, for its only kernel and for any machine of its kind, with dracut's own configuration " +
    'ignored; then reads the image back and proves that every requested module, driver, unit and file is inside.',
  args: argsSchema,
  exclusive: true,
  needsRoot: true,
  example: 'run_dracut:\n  compress: zstd -3\n',
  probes: () => ({
    request: requestProbe,
    container: containerProbe,
    staged: stagedProbe,
    artifacts: artifactsProbe,
    arrays: arraysProbe,
  }),
  mayTouch: () => [`tree:${HOST.artifacts}`, `tree:${HOST.target}`],
  check,
  apply,
})

function refuse(reason: string, remedy: string): Verdict<Spec> {
  return { kind: 'refuse', reason, remedy }
}

function check({ args, facts, given, mode }: CheckInput<Args, Facts, undefined>): Verdict<Spec> {
  const found = requestOf(given, facts.request)
  if (!found.ok) return refuse(found.reason, found.remedy)
  const { container, staged, artifacts } = facts

  if (container.manifest.kind !== 'present' || !container.tree || !container.kernel) {
    return refuse('there is no complete container to build in', 'run install_rpms before this task')
  }
  const target = container.manifest.value
  if (container.rpmdb !== target.rpmdb) {
    return refuse(
      "the container's RPM database was changed by somebody else",
      'run install_rpms before this task: it makes the container anew',
    )
  }
  if (staged.manifest.kind !== 'present') {
    return refuse('no dracut modules are staged on the host', 'run upload_dracut_modules before this task')
  }
  const stage = staged.manifest.value
  if (staged.digest !== stage.digest) {
    return refuse(
      'the staged modules were changed since they were uploaded',
      'run upload_dracut_modules before this task',
    )
  }
  const lacking = OUR_MODULES.filter((name) => !stage.dracut.some((folder) => folder.slice(2) === name))
  if (lacking.length > 0) {
    return refuse(`the module ${lacking.join(' and ')} is not staged`, 'run upload_dracut_modules before this task')
  }

  if (mode === 'apply' && found.request.network?.authorizedKey === null) {
    return refuse('the request names no key that may log in to the image', 'run gather_modules before this task')
  }
  const asked = wantedImage(found.request, facts.arrays, args.compress)
  const wanted = { ...asked, units: [...asked.units, ...stage.units].sort() }
  const inputs = imageInputsOf(target.digest, stage.digest, wanted)
  const reasons = reasonsOf(inputs, artifacts)
  const kernel = target.kernel.release
  if (reasons.length === 0 && artifacts.manifest.kind === 'present') {
    const { files, proven, ssh } = artifacts.manifest.value
    const size = `${(files.initramfs.size / 1024 / 1024).toFixed(1)} MiB`
    return {
      kind: 'ok',
      summary: `image for kernel ${kernel}: ${size}, ${proven.modules.length} requested modules in it${ssh ? `, sshd ${fingerprint(ssh.hostKey)}` : ''}`,
      result: {
        kernel,
        initramfs: { ...files.initramfs },
        modules: proven.modules,
        drivers: proven.drivers,
        ssh: ssh && { ...ssh, fingerprint: fingerprint(ssh.hostKey) },
      },
    }
  }
  const drivers = (staged.manifest.value.kernel.length > 0 ? [`tree:${HOST.target}`] : []) as `tree:${string}`[]
  return {
    kind: 'change',
    summary: `build the image for kernel ${kernel}: ${reasons.join('; ')}`,
    diff: [
      {
        kind: 'items',
        title: `image for kernel ${kernel}`,
        added: [...wanted.modules, ...wanted.drivers, ...wanted.files],
        removed: [],
        changed: [],
      },
    ],
    touches: [`tree:${HOST.artifacts}`, ...drivers],
    spec: {
      arch: found.request.arch,
      kernel,
      wanted,
      inputs,
      inputsDigest: digestOf(inputs),
      timeoutMs: args.timeout * 1000,
    },
  }
}

function reasonsOf(inputs: ImageInputs, { manifest, digests }: ArtifactsFact): string[] {
  if (manifest.kind === 'absent') return ['it was never built, or a build was cut off']
  if (manifest.kind === 'unreadable') return [`its manifest can't be read: ${manifest.why}`]
  const changed = changedInputs(inputs, manifest.value)
  if (changed.length > 0) return changed
  return Object.entries(manifest.value.files)
    .filter(([name, { sha256 }]) => digests[name] !== sha256)
    .map(([name]) => {
      const file = `${HOST.artifacts}/${ARTIFACT_FILES[name as keyof typeof ARTIFACT_FILES]}`
      return digests[name] === undefined ? `${file} is gone` : `${file} is not what was built`
    })
}

async function apply(spec: Spec, { remote, signal, report }: HostHandle): Promise<ValueMap> {
  const script = buildScript(spec)
  const result = await remote.job(
    { name: 'run-dracut', script, inputsDigest: sha256(script), timeoutMs: spec.timeoutMs },
    { signal, onLine: (line) => reportLine(line, report) },
  )
  if (result.code === 0) return { log: DRACUT_LOG }
  if (result.diskFull !== undefined)
    throw new ApplyError(`no space: ${result.diskFull}`, 'free space there, then run again')
  const own = `${result.stdout}\n${result.stderr}`.split('\n').findLast((line) => line.startsWith(FAILED))
  const cause = result.code > 128 ? `signal ${result.code - 128}` : `exit code ${result.code}`
  throw new ApplyError(
    own?.slice(FAILED.length) ?? `the build was cut off (${cause}): run again`,
    `dracut's whole output is on the host in ${DRACUT_LOG}`,
  )
}

function reportLine(line: string, report: (line: string) => void): void {
  if (line.startsWith(PHASE)) report(line.slice(PHASE.length))
  const step = /^dracut\S*\s+(?:\*\*\* )?(.+?)(?: \*\*\*)?$/.exec(line)?.[1]
  if (step !== undefined) report(`dracut: ${step}`)
}
