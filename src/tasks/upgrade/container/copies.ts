import type { ContainerInputs } from '../manifests.ts'

type Copy = ContainerInputs['copies'][number]

/** Why a file can't be copied into the container under that name, or undefined when it can. */
export function badCopy({ dst }: Copy): string | undefined {
  const parts = dst.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return `copy_files: ${dst} goes through ".."`
  // A directory replaces the one of that name: at the top level that would be one of the container's own.
  if (parts.length < 2) return `copy_files: ${dst} would replace a part of the container itself`
  return undefined
}

/** `SRC` and `DST` of each copy on lines of their own, ready for a here-document. */
function lines(copies: readonly Copy[]): string {
  return copies.flatMap(({ src, dst }) => [src, dst]).join('\n')
}

/** Shell that fails, before anything is changed, when a source is not there. Needs `fail`. */
export function requireCopies(copies: readonly Copy[]): string {
  if (copies.length === 0) return ':'
  return `while IFS= read -r src && IFS= read -r dst; do
  [ -e "$src" ] || fail "copy_files: $src does not exist on the host: correct the request that asks for it"
done <<'==COPIES=='
${lines(copies)}
==COPIES==`
}

/**
 * Shell that copies into the container at $T, the links of which are followed inside it: a source is bound into the container's /run and
 * copied by the container's own tools. A link as the source is resolved; links inside a directory are kept.
 */
export function copyIntoContainer(copies: readonly Copy[]): string {
  if (copies.length === 0) return ':'
  return `mkdir -p "$T/run/upgrade-push"
while IFS= read -r src && IFS= read -r dst; do
  real=$(readlink -e "$src") || fail "copy_files: $src does not exist on the host"
  if [ -d "$real" ]; then mkdir -p "$T/run/upgrade-push/dir"; from=dir; else : >"$T/run/upgrade-push/file"; from=file; fi
  mount --bind "$real" "$T/run/upgrade-push/$from" || fail "copy_files: $src can't be opened"
  chroot "$T" /bin/sh -c 'dst=$2; mkdir -p "\${dst%/*}" && rm -rf -- "$dst" && cp -R --preserve=mode,ownership,timestamps "$1" "$dst"' \\
    sh "/run/upgrade-push/$from" "$dst" </dev/null || fail "copy_files: $src could not be copied to $dst of the container"
  umount "$T/run/upgrade-push/$from"
done <<'==COPIES=='
${lines(copies)}
==COPIES==`
}
