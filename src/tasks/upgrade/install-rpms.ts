import type { ValueMap } from '../../expression/values.ts'
import type { JobResult } from '../../remote/types.ts'
import { ApplyError, type CheckInput, defineTask, type HostHandle, type Verdict } from '../contract.ts'
import { badCopy } from './container/copies.ts'
import { decideContainer } from './container/decide.ts'
import { dnfFailure } from './container/dnf-errors.ts'
import { type DnfFact, dnfProbe, type PresentPins, presentPinsProbe } from './container/host-dnf.ts'
import { FAILED, type InstallSpec, installScript, PHASE } from './container/install-script.ts'
import { type ContainerFact, type CopySources, containerProbe, copySourcesProbe } from './container/probe.ts'
import { sha256 } from './digest.ts'
import { type RequestFact, requestOf, requestProbe } from './given-request.ts'
import { type InstallRpmsArgs, installRpmsArgs } from './install-rpms-args.ts'
import { HOST } from './layout.ts'
import type { ContainerInputs } from './manifests.ts'
import type { MergedRequest } from './request.ts'

interface Facts {
  request: RequestFact
  container: ContainerFact
  sources: CopySources
  dnf: DnfFact
  pins: PresentPins
}

type Spec = InstallSpec & { readonly timeoutMs: number }

export const installRpmsTask = defineTask<InstallRpmsArgs, Facts, Spec>({
  name: 'install_rpms',
  summary:
    'Makes the container of the target release, from which the upgrade initramfs is built: the packages that the merged request asks for, from ' +
    "the named repositories alone, and copies of the host's files. It stays as it is until a request or `refresh: true` says otherwise.",
  args: installRpmsArgs,
  exclusive: true,
  needsRoot: true,
  example: `install_rpms:
  release: "9"
  repositories:
    - baseos-9
    - id: vendor-drivers
      baseurl: https://repo.example.com/drivers/el$releasever
      gpgkey: /etc/pki/rpm-gpg/RPM-GPG-KEY-vendor
`,
  probes: (args) => ({
    request: requestProbe,
    container: containerProbe,
    sources: copySourcesProbe,
    dnf: dnfProbe,
    pins: presentPinsProbe(
      { release: args.release, repositories: repositoriesOf(args), gpgcheck: args.gpgcheck },
      args.refresh,
    ),
  }),
  check,
  apply,
})

function repositoriesOf(args: InstallRpmsArgs): ContainerInputs['repositories'] {
  return args.repositories.map((repository) => (typeof repository === 'string' ? { id: repository } : repository))
}

function inputsOf(args: InstallRpmsArgs, request: MergedRequest): ContainerInputs {
  return {
    release: args.release,
    arch: request.arch,
    repositories: repositoriesOf(args),
    gpgcheck: args.gpgcheck,
    gpgkeys: args.gpgkeys,
    rpms: request.installRpms.map(({ value }) => value),
    copies: request.copyFiles.map(({ value }) => value),
  }
}

function check({ args, facts, given }: CheckInput<InstallRpmsArgs, Facts, undefined>): Verdict<Spec> {
  const found = requestOf(given, facts.request)
  if (!found.ok) return { kind: 'refuse', reason: found.reason, remedy: found.remedy }
  const inputs = inputsOf(args, found.request)
  const refusal = refusalOf(inputs, facts)
  if (refusal) return { kind: 'refuse', ...refusal }

  const pins = facts.pins.kind === 'pins' ? facts.pins.pins : undefined
  const decision = decideContainer(inputs, facts.container, facts.sources, pins)
  if (decision.kind === 'ok') {
    const { kernel, packages } = decision.manifest
    return {
      kind: 'ok',
      summary: `container of ${args.release}: ${packages.length} packages, kernel ${kernel.release}`,
      result: { packages, kernel: kernel.release },
    }
  }
  const { mode, reasons, diff } = decision
  const verb =
    mode === 'packages' ? `make the container of ${args.release}` : "copy the host's files into the container again"
  return {
    kind: 'change',
    summary: `${verb}: ${reasons.join('; ')}`,
    diff,
    touches: [`tree:${HOST.target}`, `path:${HOST.targetManifest}`],
    spec: { mode, inputs, pins: decision.pins, timeoutMs: args.timeout * 1000 },
  }
}

function refusalOf(inputs: ContainerInputs, facts: Facts): { reason: string; remedy: string } | undefined {
  const { dnf } = facts
  if (dnf.generation !== 'dnf4') {
    return {
      reason:
        dnf.generation === 'dnf5' ? 'the host has only dnf 5; the container is made with dnf 4' : 'the host has no dnf',
      remedy: 'install the package dnf (generation 4, the command dnf-3) on the host',
    }
  }
  if (inputs.rpms.length === 0) {
    return { reason: 'the merged request asks for no package', remedy: 'add install_rpms to a request' }
  }
  for (const { id, baseurl } of inputs.repositories) {
    const file = dnf.repositories[id]
    if (baseurl === undefined && file === undefined) {
      const known = Object.keys(dnf.repositories).sort()
      return {
        reason: `no such repository on the host: ${id}`,
        remedy:
          known.length === 0
            ? 'the host knows none: give it a baseurl'
            : `give it a baseurl, or name one of: ${known.join(', ')}`,
      }
    }
    if (baseurl !== undefined && file !== undefined) {
      return {
        reason: `repository ${id} is defined twice: in the playbook and on the host in ${file}`,
        remedy: 'name it by its id alone, or choose another id',
      }
    }
  }
  for (const copy of inputs.copies) {
    const bad = badCopy(copy)
    if (bad) return { reason: bad, remedy: 'name a destination of its own' }
    if (facts.sources[copy.src] === 'missing') {
      return {
        reason: `copy_files: ${copy.src} does not exist on the host`,
        remedy: 'correct the request that asks for it',
      }
    }
  }
  if (facts.pins.kind === 'failed') {
    const { message, remedy } = dnfFailure(facts.pins.output)
    return { reason: `the repositories can't be looked at: ${message}`, remedy: remedy ?? 'run without refresh' }
  }
  return undefined
}

async function apply(spec: Spec, { remote, signal, report }: HostHandle): Promise<ValueMap> {
  const script = installScript(spec)
  const result = await remote.job(
    { name: 'install-rpms', script, inputsDigest: sha256(script), timeoutMs: spec.timeoutMs },
    { signal, onLine: (line) => reportLine(line, report) },
  )
  if (result.code !== 0) throw installFailure(result, result.logPath)
  return { kernel: /^kernel (\S+)$/m.exec(result.stdout)?.[1] ?? '', log: result.logPath }
}

function reportLine(line: string, report: (line: string) => void): void {
  if (line.startsWith(PHASE)) report(line.slice(PHASE.length))
  const [, what, name, count] = /^\s*(Installing|Running scriptlet)\s*:\s*(\S+)\s+(\d+\/\d+)\s*$/.exec(line) ?? []
  if (what === 'Installing') report(`installing ${name} (${count})`)
}

/** Why the job failed, in one line: its own words, or what dnf's come down to. */
export function installFailure(
  { stdout, stderr, code, diskFull }: Omit<JobResult, 'adopted' | 'logPath'>,
  logPath: string,
): ApplyError {
  const output = `${stdout}\n${stderr}`
  const own = output
    .split('\n')
    .findLast((line) => line.startsWith(FAILED))
    ?.slice(FAILED.length)
  const log = `the whole output is on the host in ${logPath}`
  if (diskFull !== undefined) return new ApplyError(`no space: ${diskFull}`, `free space there, then run again; ${log}`)
  if (own !== undefined && own !== 'dnf') return new ApplyError(own, log)
  if (own === undefined) {
    const cause = code > 128 ? `ended by signal ${code - 128}` : `exit code ${code}`
    return new ApplyError(`making the container was cut off (${cause}): run again to make it anew`, log)
  }
  const { message, remedy } = dnfFailure(output)
  return new ApplyError(message, remedy === undefined ? log : `${remedy}; ${log}`)
}
