import { quote } from '../../../remote/quote.ts'
import { TREE_DIGEST } from '../container/shell.ts'
import { HOST, STATE } from '../layout.ts'
import { DISARM } from '../loaders/disarm.ts'
import type { HostSource } from '../staged-modules.ts'

/**
 * Replaces `finish/` as a whole; the archive with the controller's files comes on standard input. The plan that covered the old one
 * goes first, an armed boot is disarmed with it; killed at any moment there is the old folder, the new one, or none.
 */
export function finishScript(sources: readonly HostSource[]): string {
  return `set -u
umask 077
export LC_ALL=C
S=${STATE} N=${HOST.finish}.new
fail() { printf '%s\\n' "$1" >&2; exit 1; }
${TREE_DIGEST}
${DISARM}
rm -rf "$N" && mkdir -p "$N" && tar -x -p --no-same-owner -C "$N" -f - || fail "$S can't be written: is it full?"
add() {
  [ -e "$1" ] || fail "$1 does not exist on the host: correct the request that names it"
  real=$(readlink -f "$1")
  case $2 in
    scripts/*) [ -f "$real" ] || fail "the script $1 is no file" ;;
    target/dracut/*) [ -f "$1/module-setup.sh" ] || fail "the dracut module $1 has no module-setup.sh" ;;
  esac
  odd=$(find "$real" ! -type f ! -type d ! -type l | head -n 1)
  [ -z "$odd" ] || fail "$odd is neither a file nor a folder"
  out=$(find "$real" -type l | while IFS= read -r link; do
    case $(readlink -e "$link" || echo /) in "$real"/*) ;; *) echo "$link"; break ;; esac
  done)
  [ -z "$out" ] || fail "$out leads out of $1"
  was=$(tree_digest "$1")
  mkdir -p "$N/\${2%/*}" && cp -RL --preserve=mode "$1" "$N/$2" || fail "$1 could not be copied below $S: is it full?"
  chmod -R go-w "$N/$2"
  printf '%s %s %s\\n%s\\n' "$was" "$(tree_digest "$N/$2")" "$2" "$1" >>"$N/sources" || fail "$S can't be written: is it full?"
}
${sources.map(({ path, place }) => `add ${quote(path)} ${quote(place)}`).join('\n')}
chown -R 0:0 "$N" && sync -f "$N" || fail "$N can't be written"
rm -f ${HOST.planSums} && sync "$S" && disarm_upgrade || fail 'the armed boot entry could not be disarmed; nothing was changed'
rm -rf ${HOST.finished} ${HOST.finish}.old
[ ! -e ${HOST.finish} ] || mv ${HOST.finish} ${HOST.finish}.old || fail '${HOST.finish} could not be moved away'
mv "$N" ${HOST.finish} && sync "$S" || fail '${HOST.finish} could not be put in place'
rm -rf ${HOST.finish}.old`
}
