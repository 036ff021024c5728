import type { Diff } from '../../contract.ts'
import { canonicalJson } from '../digest.ts'
import type { ContainerInputs, TargetManifest } from '../manifests.ts'
import type { InstallMode } from './install-script.ts'
import type { ContainerFact, CopySources } from './probe.ts'

/** What has to be done with a container, why, and what differs. */
export type ContainerDecision =
  | { readonly kind: 'ok'; readonly manifest: TargetManifest }
  | {
      readonly kind: 'make'
      readonly mode: InstallMode
      readonly reasons: readonly string[]
      readonly diff: readonly Diff[]
      readonly pins: Readonly<Record<string, string>>
    }

/**
 * Compares a container with what is wanted. Packages are never added to one that is there: the repositories may have moved on since, and
 * a second kernel would come in; so every change of packages makes a new one. Copied files are renewed in place.
 *
 * @param presentPins the repositories' digests now, when a refresh was asked for.
 */
export function decideContainer(
  wanted: ContainerInputs,
  { manifest, tree, rpmdb, kernel }: ContainerFact,
  sources: CopySources,
  presentPins: Readonly<Record<string, string>> | undefined,
): ContainerDecision {
  const make = (mode: InstallMode, reasons: string[], from?: TargetManifest): ContainerDecision => ({
    kind: 'make',
    mode,
    reasons,
    diff: diffOf(wanted, from, mode, sources),
    pins: from?.pins ?? {},
  })
  if (manifest.kind === 'unreadable') return make('packages', [`its manifest can't be read: ${manifest.why}`])
  if (manifest.kind === 'absent') {
    return make('packages', [
      tree ? 'an earlier run was cut off while it made the container' : 'there is no container yet',
    ])
  }
  const found = manifest.value
  if (!tree) return make('packages', ['its files are gone'])
  if (!kernel) return make('packages', [`its kernel ${found.kernel.release} is gone`])
  if (rpmdb !== found.rpmdb) return make('packages', ['its RPM database was changed by somebody else'], found)

  const reasons = inputReasons(wanted, found.inputs)
  for (const { id } of wanted.repositories) {
    const now = presentPins?.[id]
    if (now !== undefined && now !== found.pins[id]) reasons.push(`repository ${id} has new metadata`)
  }
  if (reasons.length > 0) return make('packages', reasons, found)

  const copies = copyReasons(wanted, found, sources)
  if (copies.reasons.length === 0) return { kind: 'ok', manifest: found }
  return make(copies.gone ? 'packages' : 'files', copies.reasons, found)
}

function inputReasons(wanted: ContainerInputs, found: ContainerInputs): string[] {
  const reasons: string[] = []
  const say = (key: keyof ContainerInputs, text: string) => {
    if (canonicalJson(wanted[key]) !== canonicalJson(found[key])) reasons.push(text)
  }
  say('release', `release ${wanted.release} instead of ${found.release}`)
  say('arch', `architecture ${wanted.arch} instead of ${found.arch}`)
  say('repositories', 'other repositories')
  say('gpgcheck', wanted.gpgcheck ? 'its signatures were not checked' : 'signatures are no longer checked')
  say('gpgkeys', 'other signing keys')
  say('rpms', 'other packages are asked for')
  return reasons
}

/** `gone`: a file that was copied is no longer asked for, and only a new container is without it. */
function copyReasons(
  wanted: ContainerInputs,
  found: TargetManifest,
  sources: CopySources,
): { reasons: string[]; gone: boolean } {
  const before = new Map(found.inputs.copies.map((copy, i) => [copy.dst, { src: copy.src, digest: found.copied[i] }]))
  const after = new Set(wanted.copies.map(({ dst }) => dst))
  const gone = [...before.keys()].filter((dst) => !after.has(dst))
  const reasons = gone.map((dst) => `${dst} is no longer to be copied`)
  for (const { src, dst } of wanted.copies) {
    const old = before.get(dst)
    if (old === undefined) reasons.push(`${dst} is to be copied`)
    else if (old.src !== src || old.digest !== sources[src]) reasons.push(`${src} has changed`)
  }
  return { reasons, gone: gone.length > 0 }
}

function diffOf(
  wanted: ContainerInputs,
  found: TargetManifest | undefined,
  mode: InstallMode,
  sources: CopySources,
): Diff[] {
  const had = new Set(found?.inputs.rpms)
  const wants = new Set(wanted.rpms)
  const diff: Diff[] = []
  if (mode === 'packages') {
    diff.push({
      kind: 'items',
      title: `packages asked for in the container of ${wanted.release}`,
      added: wanted.rpms.filter((name) => !had.has(name)),
      removed: [...had].filter((name) => !wants.has(name)),
      changed: [],
    })
  }
  const copies = new Map(found?.inputs.copies.map(({ src, dst }, i) => [dst, { src, digest: found.copied[i] }]))
  const target = new Set(wanted.copies.map(({ dst }) => dst))
  const files = {
    added: wanted.copies.filter(({ dst }) => !copies.has(dst)).map(({ dst }) => dst),
    removed: [...copies.keys()].filter((dst) => !target.has(dst)),
    changed: wanted.copies
      .filter(({ src, dst }) => {
        const old = copies.get(dst)
        return old !== undefined && (old.src !== src || old.digest !== sources[src])
      })
      .map(({ dst }) => dst),
  }
  if (files.added.length + files.removed.length + files.changed.length > 0) {
    diff.push({ kind: 'items', title: 'files copied from the host into the container', ...files })
  }
  return diff
}
