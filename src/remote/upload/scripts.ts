import { FENCED } from '../fence.ts'
import { STATE_DIR } from '../state.ts'

/** Prints the SHA-256 of a file, by whatever the host has. */
const DIGEST = `digest() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else openssl dgst -sha256 -r <"$1"; fi | { read -r sum rest; echo "$sum"; }
}
`

/** With $path, $size, $sha: what is there now. Answers `same MODE USER GROUP UID GID`, `differs FREE_BYTES`, `directory` or `no-directory`. */
export const LOOK = `${DIGEST}dir=\${path%/*}; [ -n "$dir" ] || dir=/
[ -d "$dir" ] || { echo no-directory; exit 0; }
[ -L "$path" ] || [ ! -d "$path" ] || { echo directory; exit 0; }
if [ -f "$path" ] && [ ! -L "$path" ] && [ "$(stat -c %s -- "$path")" = "$size" ] && [ "$(digest "$path")" = "$sha" ]; then
  echo "same $(stat -c '%a %U %G %u %g' -- "$path")"
else
  set -- $(stat -f -c '%S %f %a' -- "$dir" 2>/dev/null)
  if [ "$(id -u)" = 0 ]; then blocks=$2; else blocks=$3; fi
  [ $# -ne 3 ] || bytes=$(($1 * blocks))
  echo "differs \${bytes:--1}"
fi`

/** Exit codes of STORE. */
export const STORE_CODES = { exists: 11, write: 12, digest: 13, attributes: 14, rename: 15, fenced: FENCED } as const

/**
 * With $path, $size, $sha, $mode, $owner, $group, $nonce and the content on stdin: writes it beside, checks, syncs, renames. Whatever fails
 * leaves the destination as it was and takes the temporary file away. Those that killed uploads left are older than the lock and go too;
 * where no lock is held, those older than a day. With $token the lock must still carry it when all has arrived: that may have taken long.
 */
export const STORE = `${DIGEST}umask 077
dir=\${path%/*}; [ -n "$dir" ] || dir=/
tmp=\${dir%/}/.upgrade-push.$nonce.tmp
if [ -f ${STATE_DIR}/lock ]; then
  find "$dir" -maxdepth 1 -type f -name '.upgrade-push.*.tmp' ! -newer ${STATE_DIR}/lock -exec rm -f -- {} +
else
  find "$dir" -maxdepth 1 -type f -name '.upgrade-push.*.tmp' -mmin +1440 -exec rm -f -- {} +
fi 2>/dev/null
trap 'rm -f -- "$tmp"; exit 143' TERM HUP INT
fail() { rm -f -- "$tmp"; [ -z "$2" ] || echo "$2" >&2; exit "$1"; }
( set -C; : >"$tmp" ) || exit ${STORE_CODES.exists}
cat >"$tmp" || fail ${STORE_CODES.write} "$(df -Pk -- "$dir" | { read -r head; read -r fs total used free rest; echo "free=$free used=$used total=$total kB"; })"
[ "$(digest "$tmp")" = "$sha" ] || fail ${STORE_CODES.digest} "$(stat -c %s -- "$tmp") of $size bytes"
if [ -n "$owner" ]; then chown -- "$owner" "$tmp" || fail ${STORE_CODES.attributes}; fi
if [ -n "$group" ]; then chgrp -- "$group" "$tmp" || fail ${STORE_CODES.attributes}; fi
chmod "$mode" "$tmp" || fail ${STORE_CODES.attributes}
sync "$tmp" 2>/dev/null || sync
[ -L "$path" ] || [ ! -d "$path" ] || fail ${STORE_CODES.rename} "$path is a directory"
[ -z "$token" ] || grep -qx "token=$token" ${STATE_DIR}/lock || fail ${STORE_CODES.fenced}
mv -f -- "$tmp" "$path" || fail ${STORE_CODES.rename}
sync "$dir" 2>/dev/null || :`

/** With $path, $mode, $owner, $group: only the attributes. */
export const ATTRIBUTES = `if [ -n "$owner" ]; then chown -- "$owner" "$path" || exit; fi
if [ -n "$group" ]; then chgrp -- "$group" "$path" || exit; fi
chmod "$mode" "$path"`
