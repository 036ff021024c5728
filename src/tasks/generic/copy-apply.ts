import { argv, quote } from '../../remote/quote.ts'
import type { ApplyFrame, Content, ControllerFiles } from '../contract.ts'
import { type AttributeChange, attributeLines } from './attributes.ts'
import { relabel } from './file-apply.ts'
import { tempName } from './temp-name.ts'

export interface PlacedFile {
  readonly path: string
  readonly content: Pick<Content, 'sha256' | 'size'>
  readonly set: AttributeChange
  /** Something stands there now and is replaced. */
  readonly replaces: boolean
}

/** What a copy does on one host: JSON-safe, contents by digest. */
export interface CopySpec {
  /** Holds every path below; where the archive is unpacked. */
  readonly root: string
  readonly directories: readonly { readonly path: string; readonly set: AttributeChange }[]
  readonly files: readonly PlacedFile[]
  /** Right content, wrong mode or owner. */
  readonly attributes: readonly { readonly path: string; readonly change: AttributeChange }[]
  readonly backup: boolean
  /** Words of the command that must accept each new file; `%s` is the file. */
  readonly validate?: readonly string[] | undefined
}

/** 10 minutes, and a second more for each 100 KB. */
function timeout(size: number): number {
  return 600_000 + Math.ceil(size / 100)
}

/** One section: everything is unpacked under temporary names beside its place, checked by digest, made durable, then renamed. */
export function compileCopy(spec: CopySpec, files: ControllerFiles): ApplyFrame {
  const { payload, unpack } = incoming(spec, files)
  const temps = spec.files.map(({ path }) => quote(tempName(path)))
  const script = [
    'set -eu',
    'umask 077',
    ...spec.directories.map(
      ({ path, set }) => `mkdir -m 0700 -- ${quote(path)}\n${attributeLines(set, quote(path))}${relabel(quote(path))}`,
    ),
    ...(temps.length === 0 ? [] : [`leave() { rm -f -- ${temps.join(' ')}; }`, 'trap leave EXIT', unpack]),
    ...spec.files.map((file) => prepare(file, spec)),
    // Some old `sync` takes no arguments and syncs all; one that is missing loses only the certainty of a power cut.
    ...(temps.length === 0 ? [] : [`sync -- ${temps.join(' ')} 2>/dev/null || :`]),
    ...spec.files.map(({ path }) => `mv -fT -- ${quote(tempName(path))} ${quote(path)}`),
    ...(temps.length === 0 ? [] : [relabel(argv(spec.files.map(({ path }) => path)))]),
    ...spec.attributes.map(({ path, change }) => attributeLines(change, quote(path))),
  ].join('\n')
  return {
    script: `${script}\n`,
    ...(payload === undefined ? {} : { payload, timeoutMs: timeout(payload.length) }),
    result({ stdout }) {
      const backups = [...stdout.matchAll(/^backup ([^\n]+)$/gm)].map((match) => match[1] as string)
      return backups.length === 0
        ? {}
        : backups.length === 1
          ? { backup_file: backups[0] as string }
          : { backup_files: backups }
    },
  }
}

/** One file travels as it is; several as one archive, equal for all hosts that lack the same set. */
function incoming({ root, files: placed }: CopySpec, files: ControllerFiles): { payload?: Uint8Array; unpack: string } {
  const [only] = placed
  if (!only) return { unpack: '' }
  if (placed.length === 1) {
    const temp = quote(tempName(only.path))
    return {
      payload: files.read(only.content),
      // noclobber opens with O_EXCL: a link that somebody put there is never followed.
      unpack: `rm -f -- ${temp}
(set -C; head -c ${only.content.size} >${temp})
if [ "$(sha256sum <${temp})" != ${quote(`${only.content.sha256}  -`)} ]; then
echo ${quote(`${only.path}: what arrived does not have the right digest`)} >&2; exit 1
fi`,
    }
  }
  const from = root === '/' ? 1 : root.length + 1
  const entries = placed.map(({ path, content }) => ({ name: tempName(path).slice(from), mode: 0o600, content }))
  const sums = placed.map(({ path, content }) => quote(sumLine(content.sha256, tempName(path))))
  return {
    payload: files.tar(entries),
    unpack: `tar -xof - -C ${quote(root)}
printf '%s\\n' ${sums.join(' ')} | sha256sum -c --status || {
echo 'what arrived does not have the right digests' >&2; exit 1
}`,
  }
}

/** A line as `sha256sum -c` reads it. */
function sumLine(sha256: string, path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === path ? '' : '\\'}${sha256}  ${escaped}`
}

/** Mode, owner, the validation and the backup of one file, before it takes its place. */
function prepare({ path, set, replaces }: PlacedFile, { backup, validate }: CopySpec): string {
  const temp = tempName(path)
  const lines = [attributeLines(set, quote(temp)).trimEnd()]
  if (validate) {
    const command = argv(validate.map((word) => word.replaceAll('%s', temp)))
    lines.push(
      `${command} </dev/null >&2 || { echo ${quote(`${path}: the new content was not accepted by: ${validate.join(' ')}`)} >&2; exit 1; }`,
    )
  }
  if (backup && replaces) {
    lines.push(`b=${quote(path)}.$$.$(date +%Y-%m-%d@%H:%M:%S)'~'
cp -p -- ${quote(path)} "$b"
printf 'backup %s\\n' "$b"`)
  }
  return lines.join('\n')
}
