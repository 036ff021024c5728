import { z } from 'zod'
import { type CheckInput, type Diff, defineTask, type Finding, type Resource, type Verdict } from '../contract.ts'
import { bootHmac } from './copy-boot-hmac.ts'
import { type BootFact, bootProbe } from './copy-boot-probe.ts'
import { type BootFile, copyScript, removeScript } from './copy-boot-script.ts'
import { occupied, planSpace } from './copy-boot-space.ts'
import { sha256 } from './digest.ts'
import { type ArtifactsFact, artifactsProbe } from './image/probes.ts'
import { bootNames, HOST } from './layout.ts'
import { ARTIFACT_FILES } from './manifests.ts'

const argsSchema = z.strictObject({
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('`present`: kernel, image and hmac lie in /boot as they were built; `absent`: they are gone'),
})
type Args = z.infer<typeof argsSchema>

interface Facts {
  artifacts: ArtifactsFact
  boot: BootFact
}

type Spec =
  | { readonly kind: 'copy'; readonly files: readonly BootFile[]; readonly together: boolean }
  | { readonly kind: 'remove'; readonly names: readonly string[] }

interface Wanted extends BootFile {
  readonly size: number
}

// Disarming changes the loader's environment, wherever it keeps it.
const TOUCHES: readonly Resource[] = ['tree:/boot', 'tree:/sys/firmware/efi/efivars']

/** Our files' names on every architecture. */
const NAMES = ['x86_64', 'aarch64', 'ppc64le', 's390x'].flatMap((arch) => Object.values(bootNames(arch)))

export const copyBootTask = defineTask<Args, Facts, Spec>({
  name: 'copy_boot',
  summary:
    "Copies the built kernel, image and hmac to /boot under names of their own, atomically and verified by digest. The old system's files are " +
    'never touched; an armed upgrade entry is disarmed before its files change.',
  args: argsSchema,
  exclusive: true,
  needsRoot: true,
  example: 'copy_boot:\n  state: present\n',
  probes: () => ({ artifacts: artifactsProbe, boot: bootProbe }),
  mayTouch: () => NAMES.map((name): Resource => `path:/boot/${name}`),
  check: (input) => (input.args.state === 'absent' ? checkAbsent(input.facts.boot) : checkPresent(input)),
  compile: (spec) => ({
    script: spec.kind === 'copy' ? copyScript(spec.files, spec.together) : removeScript(spec.names),
    timeoutMs: 900_000,
    result: ({ code, stderr }): { msg?: string } =>
      code === 0 ? {} : { msg: stderr.trim().split('\n').at(-1) || `/boot could not be changed (exit code ${code})` },
  }),
})

function refuse(reason: string, remedy: string): Verdict<Spec> {
  return { kind: 'refuse', reason, remedy }
}

function checkAbsent(boot: BootFact): Verdict<Spec> {
  const ours = Object.values(bootNames(boot.arch)).filter((name) => boot.files[name] !== undefined)
  const names = [...ours, ...boot.leftovers.map(({ name }) => name)]
  if (names.length === 0) return { kind: 'ok', summary: 'nothing of ours is in /boot' }
  return {
    kind: 'change',
    summary: `remove ${names.length} files of ours from /boot`,
    diff: [{ kind: 'items', title: 'files in /boot', added: [], removed: names, changed: [] }],
    touches: TOUCHES,
    spec: { kind: 'remove', names: ours },
  }
}

function checkPresent({ facts }: CheckInput<Args, Facts, undefined>): Verdict<Spec> {
  const { boot, artifacts } = facts
  if (boot.unmounted) {
    return refuse(
      '/boot has an entry in /etc/fstab but is not mounted',
      'mount it: the loader would not see files below an empty mount point',
    )
  }
  const wanted = wantedFiles(artifacts, boot.arch)
  if (!Array.isArray(wanted)) return wanted
  const findings = exposure(facts)
  const result = {
    files: Object.fromEntries(wanted.map(({ name, sha256, size }) => [name, { path: `/boot/${name}`, sha256, size }])),
  }
  const differing = wanted.filter(({ name, sha256 }) => boot.files[name]?.sha256 !== sha256)
  if (differing.length === 0 && boot.leftovers.length === 0) {
    return { kind: 'ok', summary: `kernel, image and hmac are in /boot, ${mib(boot.free)} free`, result, findings }
  }

  const block = boot.block
  const free = boot.free + boot.leftovers.reduce((sum, { size }) => sum + occupied(size, block), 0)
  const replacements = differing.map(({ name, size }) => ({
    name,
    size: occupied(size, block),
    old: occupied(boot.files[name]?.size ?? 0, block),
  }))
  const plan = planSpace(replacements, free)
  const all = replacements.reduce((sum, { size }) => sum + size, 0)
  if (plan.kind === 'too small') {
    return refuse(
      `no space in /boot: the new files need ${mib(all)}, ${mib(free)} are free`,
      `free ${mib(plan.missing)} there, for example by removing old kernels; nothing was written`,
    )
  }
  const after = free - replacements.reduce((sum, { size, old }) => sum + size - old, 0)
  const files = plan.order.flatMap((name) => differing.filter((file) => file.name === name))
  return {
    kind: 'change',
    summary:
      `copy ${differing.map(({ name }) => name).join(', ') || 'nothing, but clean up,'} to /boot: ${mib(boot.free)} free before, ${mib(after)} after` +
      (plan.kind === 'one by one' ? '; one by one, as there is no room for all beside the old ones' : ''),
    diff: [diffOf(differing, boot)],
    touches: TOUCHES,
    spec: {
      kind: 'copy',
      files: files.map(({ name, sha256, from }) => ({ name, sha256, from })),
      together: plan.kind === 'together',
    },
    result,
    findings,
  }
}

/** Mode 0600 means nothing on FAT, and the image holds the private half of its own host key. */
function exposure({ artifacts: { manifest }, boot }: Facts): Finding[] {
  if (!boot.readable || manifest.kind !== 'present' || !manifest.value.ssh) return []
  return [
    {
      key: 'boot_readable',
      severity: 'medium',
      title: 'the upgrade image can be read by every user of the host',
      detail: 'its host key lies in it, and /boot is a FAT file system that others than root may read',
      remedy: 'Mount /boot with umask=0077, or leave the image without a network (networking: none).',
    },
  ]
}

/** The three files as they shall be in /boot, or why they can't be had. */
function wantedFiles({ manifest, digests, hmac }: ArtifactsFact, arch: string): Wanted[] | Verdict<Spec> {
  if (manifest.kind !== 'present') {
    const why =
      manifest.kind === 'absent' ? 'no image was built' : `the manifest of the image can't be read: ${manifest.why}`
    return refuse(why, 'run run_dracut before this task')
  }
  const { files, arch: builtFor } = manifest.value
  if (builtFor !== arch)
    return refuse(`the image was built for ${builtFor}, the host is ${arch}`, 'run the preparation again')
  for (const [name, { sha256 }] of Object.entries(files)) {
    if (digests[name] !== sha256) {
      const file = `${HOST.artifacts}/${ARTIFACT_FILES[name as keyof typeof ARTIFACT_FILES]}`
      return refuse(
        `${file} is ${digests[name] === undefined ? 'gone' : 'not what was built'}`,
        'run run_dracut before this task',
      )
    }
  }
  const names = bootNames(arch)
  const text = bootHmac(hmac, names.kernel)
  if (text === undefined) {
    return refuse(
      "the kernel's hmac file is not one line of two fields",
      `see ${HOST.artifacts}/${ARTIFACT_FILES.hmac}: the kernel package of the target release is faulty`,
    )
  }
  return [
    { name: names.kernel, ...files.kernel, from: { artifact: ARTIFACT_FILES.kernel } },
    { name: names.initramfs, ...files.initramfs, from: { artifact: ARTIFACT_FILES.initramfs } },
    { name: names.hmac, sha256: sha256(text), size: text.length, from: { text } },
  ]
}

function diffOf(differing: readonly Wanted[], boot: BootFact): Diff {
  const short = (digest: string) => digest.slice(0, 16)
  const fresh = differing.filter(({ name }) => boot.files[name] === undefined)
  const changed = differing.filter(({ name }) => boot.files[name] !== undefined)
  return {
    kind: 'items',
    title: 'files in /boot',
    added: fresh.map(({ name, sha256, size }) => `${name} (${mib(size)}, sha256 ${short(sha256)})`),
    changed: changed.map(({ name, sha256, size }) => {
      const old = boot.files[name]
      return `${name} (${mib(old?.size ?? 0)} -> ${mib(size)}, sha256 ${short(old?.sha256 ?? '')} -> ${short(sha256)})`
    }),
    removed: boot.leftovers.map(({ name }) => name),
  }
}

function mib(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
