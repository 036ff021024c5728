import { defineTask, type Probe, type Probes, type Verdict } from '../contract.ts'
import { type CopySpec, compileCopy } from './copy-apply.ts'
import { type CopyArgs, copyArgs } from './copy-args.ts'
import { type CopyPlan, checkFiles } from './copy-check.ts'
import { CHUNK, directoriesProbe, filesProbe, type PresentFiles } from './copy-probe.ts'
import { type CopySource, candidates, copySource } from './copy-source.ts'
import { below, isDirectoryName, normal } from './host-path.ts'
import { type OwnerFacts, ownerProbes, wantedOwner } from './owner.ts'
import { type PathFacts, pathProbe } from './path-probe.ts'
import type { Stat } from './stat.ts'

export interface CopyFacts extends OwnerFacts {
  readonly dest: PathFacts
  readonly directories: ReadonlyMap<string, Stat>
  /** `tar` is there; looked for only when several files may travel. */
  readonly tar?: boolean
  /** Answers of the file probes, by their number. */
  readonly [files: `files${number}`]: PresentFiles
}

export const copyTask = defineTask<CopyArgs, CopyFacts, CopySpec, CopySource>({
  name: 'copy',
  summary:
    'Copies a file, a directory or a text to the host. Only what differs travels; every file is checked by digest and takes its place by a rename.',
  args: copyArgs,
  controllerPaths: ['src'],
  example:
    '- name: Message of the day\n  copy:\n    content: "managed by upgrade-push\\n"\n    dest: /etc/motd\n    mode: "0644"\n',
  load: copySource,
  probes(args, source) {
    const dest = normal(args.dest)
    const { plain, inside } = candidates(args, source)
    const sha256 = source.files[0]?.content.sha256 ?? ''
    const places = isDirectoryName(args.dest) ? [inside ?? plain] : [plain, ...(inside === undefined ? [] : [inside])]
    const wanted =
      source.kind === 'file'
        ? places.map((path) => ({ path, sha256 }))
        : source.files.map(({ name, content }) => ({ path: below(dest, name), sha256: content.sha256 }))
    const files: { [key: string]: Probe<PresentFiles> } = {}
    for (let at = 0; at < wanted.length; at += CHUNK) {
      files[`files${at / CHUNK}`] = filesProbe(wanted.slice(at, at + CHUNK), dest)
    }
    return {
      dest: placeProbe(dest),
      directories: directoriesProbe(
        source.directories.map((name) => below(dest, name)),
        dest,
      ),
      ...(source.files.length > 1 ? { tar: tarProbe } : {}),
      ...ownerProbes(args),
      ...files,
    } as Probes<CopyFacts>
  },
  check({ args, facts, local: source }) {
    const wanted = wantedOwner(args, facts)
    if ('reason' in wanted) return { kind: 'refuse', ...wanted }
    const plan = planCopy(args, source, facts)
    if ('kind' in plan) return plan
    const present = new Map(
      Object.entries(facts).flatMap(([key, fact]) => (key.startsWith('files') ? [...(fact as PresentFiles)] : [])),
    )
    const verdict = checkFiles(args, plan, source, present, wanted)
    if (verdict.kind === 'change' && verdict.spec.files.length > 1 && facts.tar === false) {
      return {
        kind: 'refuse',
        reason: 'the host has no tar, which unpacks several files',
        remedy: 'install the package tar',
      }
    }
    return verdict
  },
  compile: compileCopy,
})

/** As pathProbe; of a directory that is there only its kind is looked at, so one that is about to be made can be foreseen. */
function placeProbe(path: string): Probe<PathFacts> {
  const probe = pathProbe(path)
  const foresee: Probe<PathFacts>['foresee'] = (made) =>
    made.has(path) ? () => ({ stat: NEW_DIRECTORY, missingParents: [] }) : probe.foresee?.(made)
  return { ...probe, foresee }
}

const NEW_DIRECTORY: Stat = {
  type: 'directory',
  bits: 0o755,
  uid: 0,
  gid: 0,
  user: 'root',
  group: 'root',
  size: 0,
  identity: '',
}

const tarProbe: Probe<boolean> = {
  id: 'has tar',
  script: 'command -v tar >/dev/null',
  reads: ['path:/usr/bin/tar', 'path:/bin/tar'],
  parse: ({ code }) => code === 0,
}

/** Where each file goes, or why nothing can go there. */
function planCopy(args: CopyArgs, source: CopySource, { dest, directories }: CopyFacts): CopyPlan | Verdict<CopySpec> {
  const root = normal(args.dest)
  if (dest.blockedBy !== undefined) {
    return { kind: 'refuse', reason: `${dest.blockedBy} is not a directory, so ${root} cannot be below it` }
  }
  const stat = dest.link ? dest.link.stat : dest.stat
  const isDirectory = stat?.type === 'directory'
  const intoDirectory = source.kind === 'tree' || isDirectoryName(args.dest)
  if (!intoDirectory && !isDirectory) return single(args, source, root, dest)
  if (dest.stat && !isDirectory) {
    return { kind: 'refuse', reason: `${root} is not a directory`, remedy: 'remove it first, or correct dest' }
  }
  if (source.kind === 'file') {
    const { inside } = candidates(args, source)
    if (inside === undefined) {
      return { kind: 'refuse', reason: `${root} is a directory`, remedy: 'content needs a file as its dest' }
    }
    return {
      root,
      make: isDirectory ? [] : [...dest.missingParents, root],
      files: source.files.map((file) => ({ path: inside, source: file })),
    }
  }
  const make = isDirectory ? [] : [...dest.missingParents, root]
  for (const name of source.directories) {
    const path = below(root, name)
    const found = directories.get(path)
    if (found && found.type !== 'directory') {
      return { kind: 'refuse', reason: `${path} is not a directory`, remedy: 'remove it first' }
    }
    if (!found) make.push(path)
  }
  return { root, make, files: source.files.map((file) => ({ path: below(root, file.name), source: file })) }
}

function single(args: CopyArgs, source: CopySource, path: string, dest: PathFacts): CopyPlan | Verdict<CopySpec> {
  const missing = dest.missingParents.at(-1)
  if (missing !== undefined) {
    return {
      kind: 'refuse',
      reason: `the directory ${missing} does not exist`,
      remedy: `make it first: file: path=${missing} state=directory${args.src === undefined ? '' : '; or end dest with a slash'}`,
    }
  }
  return { root: path, make: [], files: source.files.map((file) => ({ path, source: file })) }
}
