import { quote } from '../../remote/quote.ts'
import { FILE_DIGEST } from './container/shell.ts'
import { TEMPORARY } from './copy-boot-probe.ts'
import { HOST } from './layout.ts'
import { DISARM } from './loaders/disarm.ts'

/** A file for /boot: copied from the artifacts, or made of a short text. */
export interface BootFile {
  readonly name: string
  readonly sha256: string
  readonly from: { readonly artifact: string } | { readonly text: string }
}

const HEADER = `set -u
umask 077
export LC_ALL=C
B=/boot
fail() { printf '%s\\n' "$1" >&2; exit 1; }
clean() { rm -f "$B"/${TEMPORARY.prefix}*${TEMPORARY.suffix}; }
${FILE_DIGEST}
${DISARM}
trap clean EXIT
trap 'exit 1' HUP INT TERM
clean
disarm() { disarm_upgrade || fail "the armed boot entry could not be disarmed; $state"; }
state='/boot is as it was'`

/**
 * Writes files to /boot, in their order. Each is written under a temporary name, forced to the disk, read back by digest and renamed. The
 * armed one-shot entry, if any, is disarmed before the first file takes its name.
 *
 * @param together write all before the first is renamed, so that a disk that fills up midway leaves /boot as it was.
 */
export function copyScript(files: readonly BootFile[], together: boolean): string {
  const writes = files.map(writeOf)
  const names = files.map(({ name }) => `take ${quote(name)}`)
  const steps = together
    ? [...writes, 'disarm', ...names]
    : ['disarm', ...files.flatMap((_, i) => [writes[i] as string, names[i] as string])]
  return `${HEADER}
# The page cache is dropped first: what counts is what the disk holds.
verify() {
  dd if="$1" iflag=nocache count=0 2>/dev/null
  [ "$(file_digest "$1")" = "$2" ] || fail "$1 does not read back as it was written: is the disk faulty? $state"
}
write() {
  new=$B/${TEMPORARY.prefix}$1${TEMPORARY.suffix}
  why=$(dd of="$new" bs=1M conv=fsync 2>&1 >/dev/null) || case $why in
    *'No space left'*) fail "no space: /boot filled up while $1 was written; $state; free space there (old kernels, for example) and run again" ;;
    *) fail "$1 could not be written: $(printf '%s' "$why" | sed -n '1s/^dd: //p'); $state" ;;
  esac
  verify "$new" "$2"
}
take() {
  mv -f "$B/${TEMPORARY.prefix}$1${TEMPORARY.suffix}" "$B/$1" && sync "$B" || fail "$1 could not get its name; $state"
  state="$1 is new already, the boot entry is disarmed"
}
${steps.join('\n')}`
}

function writeOf({ name, sha256, from }: BootFile): string {
  const target = `write ${quote(name)} ${sha256}`
  return 'text' in from
    ? `printf %s ${quote(from.text)} | ${target} || exit 1`
    : `${target} <${HOST.artifacts}/${from.artifact}`
}

/** Takes our files, and what killed runs left of them, away from /boot; disarms first. */
export function removeScript(names: readonly string[]): string {
  const paths = names.map((name) => `"$B"/${quote(name)}`).join(' ')
  return `${HEADER}
disarm
${names.length === 0 ? ':' : `rm -f ${paths} && sync "$B" || fail 'our files could not be removed from /boot'`}`
}
