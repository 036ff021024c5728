import { z } from 'zod'

// Each product of the preparation lies beside a manifest that says what it was made from. A manifest is removed before the
// work on its product starts and written last, under a temporary name and renamed: while one is there, it is true.

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

const repository = z.object({
  id: z.string(),
  /** Given in the playbook rather than known on the host. */
  baseurl: z.string().optional(),
  gpgkey: z.string().optional(),
})

/** What a container is made from: a change of any of it asks for another one. */
export const containerInputs = z.object({
  release: z.string(),
  arch: z.string(),
  repositories: z.array(repository),
  gpgcheck: z.boolean(),
  gpgkeys: z.array(z.string()),
  rpms: z.array(z.string()),
  copies: z.array(z.object({ src: z.string(), dst: z.string() })),
})
export type ContainerInputs = z.infer<typeof containerInputs>

/** `target.json`. */
export const targetManifest = z.object({
  version: z.literal(1),
  inputs: containerInputs,
  /** sha256 of each repository's repomd.xml at the time: the container's packages come from that state. */
  pins: z.record(z.string(), digest),
  /** Installed packages as name-[epoch:]version-release.arch, sorted. */
  packages: z.array(z.string()),
  /** Digest of each copied source, in the order of `inputs.copies`. */
  copied: z.array(digest),
  /** Digest of the files of the container's RPM database: tells whether somebody installed something by hand. */
  rpmdb: digest,
  kernel: z.object({ package: z.string(), release: z.string() }),
  /** Digest of the content: packages with their header digests, and the copied files. */
  digest,
  builtAt: moment,
})
export type TargetManifest = z.infer<typeof targetManifest>

/** `stage/manifest.json`. */
export const stageManifest = z.object({
  version: z.literal(1),
  /** Digest of the tree below `stage/dracut` and `stage/kernel`. */
  digest,
  /** Folders below `stage/dracut`, and what lies directly below `stage/kernel`. */
  dracut: z.array(z.string()),
  kernel: z.array(z.string()),
  /** Units made from the host's fstab, sorted: what an image must hold beside our own. */
  units: z.array(z.string()),
  /** Modules copied on the host itself: where from, to which place below `stage/`, and the source's digest then. */
  sources: z.array(z.object({ path: z.string(), place: z.string(), digest })),
  stagedAt: moment,
})
export type StageManifest = z.infer<typeof stageManifest>

const product = z.object({ sha256: digest, size: z.number().int().positive() })

/** What an image is built from, digest by digest, so that a check can name the one that changed. */
export const imageInputs = z.object({
  /** The container's content. */
  container: digest,
  /** The staged modules. */
  stage: digest,
  /** Which modules, drivers and files were asked for. */
  request: digest,
  /** dracut's other flags, and the host's RAID arrays. */
  flags: digest,
  /** The network's files and the key that may log in. The image's own host key is a product, no input. */
  network: digest,
})
export type ImageInputs = z.infer<typeof imageInputs>

/** `artifacts/manifest.json`. */
export const artifactsManifest = z.object({
  version: z.literal(1),
  arch: z.string(),
  kernelVersion: z.string(),
  inputs: imageInputs,
  /** Digest of `inputs`. */
  inputsDigest: digest,
  files: z.object({ kernel: product, initramfs: product, hmac: product }),
  /** Found in the image when it was read back. */
  proven: z.object({
    modules: z.array(z.string()),
    drivers: z.array(z.string()),
    units: z.array(z.string()),
    files: z.array(z.string()),
  }),
  /** Who the image's sshd is and whom it lets in, `ssh-ed25519 AAAA…` each; null when it has none. */
  ssh: z.object({ hostKey: z.string(), authorizedKey: z.string() }).nullable().default(null),
  builtAt: moment,
})
export type ArtifactsManifest = z.infer<typeof artifactsManifest>

/** Names of the products below `artifacts/`. */
export const ARTIFACT_FILES = { kernel: 'vmlinuz', initramfs: 'initramfs', hmac: 'hmac' } as const

/** What lies where a manifest should: `absent` also while its product is being made. */
export type ManifestState<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'present'; readonly value: T }

/** Reads a manifest's text as a host sent it. Never throws: what can't be read is as good as not there, and says why. */
export function readManifest<T>(schema: z.ZodType<T>, text: string | undefined): ManifestState<T> {
  if (text === undefined || text.trim() === '') return { kind: 'absent' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'unreadable', why: 'it is not JSON' }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { kind: 'present', value: parsed.data }
  const issue = parsed.error.issues[0]
  return { kind: 'unreadable', why: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'wrong shape'}` }
}
