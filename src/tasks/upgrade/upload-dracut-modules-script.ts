import { quote } from '../../remote/quote.ts'
import { PUBLISH, TREE_DIGEST } from './container/shell.ts'
import { HOST, STATE } from './layout.ts'
import { STAGE_DIGEST } from './stage-digest.ts'
import type { HostSource } from './staged-modules.ts'
import { STAGE_SOURCES } from './upload-dracut-modules-probe.ts'

export interface StageScript {
  /** The payload holds an archive of new files. */
  readonly sends: boolean
  /** Every place that a file of the controller has. */
  readonly places: readonly string[]
  readonly sources: readonly HostSource[]
  readonly dracut: readonly string[]
  readonly kernel: readonly string[]
  readonly units: readonly string[]
}

/**
 * Brings `stage/` to its new content. The archive comes on standard input. Killed at any moment it leaves no manifest, and the next check
 * sees file by file what is missing; sources on the host are looked at before anything is changed.
 */
export function stageScript({ sends, places, sources, dracut, kernel, units }: StageScript): string {
  return `set -u
umask 022
export LC_ALL=C
S=${STATE}
fail() { printf '%s\\n' "$1" >&2; exit 1; }
${TREE_DIGEST}
${STAGE_DIGEST}
${PUBLISH}
[ ! -L "$S/stage" ] || fail "$S/stage is a symbolic link: remove it"
check_source() {
  [ -e "$1" ] || fail "$1 does not exist on the host: correct the request that names it"
  case $2 in dracut/*) [ -f "$1/module-setup.sh" ] || fail "the dracut module $1 has no module-setup.sh" ;; esac
  real=$(readlink -f "$1")
  odd=$(find "$real" ! -type f ! -type d ! -type l | head -n 1)
  [ -z "$odd" ] || fail "$odd is neither a file nor a folder"
  find "$real" -type l | while IFS= read -r link; do
    case $(readlink -e "$link" || echo /) in "$real"/*) ;; *) fail "$link leads out of $1" ;; esac
  done
}
while IFS= read -r path && IFS= read -r place; do check_source "$path" "$place" || exit 1; done <<'==SOURCES=='
${sources.flatMap(({ path, place }) => [path, place]).join('\n')}
==SOURCES==

rm -rf "$S/stage/.new" && mkdir -p "$S/stage/dracut" "$S/stage/kernel" && rm -f ${HOST.stageManifest} && mkdir "$S/stage/.new" ||
  fail "$S can't be written"
${sends ? `tar -x -p --no-same-owner -C "$S/stage/.new" -f - || fail "the modules could not be unpacked into $S: is it full?"` : ':'}
cat >"$S/stage/.new/places" <<'==PLACES==' || fail "$S can't be written: is it full?"
${places.join('\n')}
==PLACES==
cd "$S/stage" || exit 1
# Sources on the host are copied anew, so whatever is no file of the controller goes.
find dracut kernel ! -type d | grep -vxF -f "$S/stage/.new/places" | while IFS= read -r place; do rm -f -- "$place"; done
find dracut kernel -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
# What is left has a name that is wanted, so no file is in a folder's way and no folder in a file's.
for part in dracut kernel; do
  [ ! -d ".new/$part" ] || cp -a --remove-destination ".new/$part" . ||
    fail "the modules could not be moved into place below $S/stage: is it full?"
done
digests=$(while IFS= read -r path && IFS= read -r place; do
  [ -n "$path" ] || continue
  tree_digest "$path"
  cp -RL "$path" "$place" || exit 1
done <<'==SOURCES=='
${sources.flatMap(({ path, place }) => [path, place]).join('\n')}
==SOURCES==
) || fail "a module could not be copied below $S/stage: is it full?"
chown -R 0:0 . && find . -type d -exec chmod 755 {} + && find . -type f -perm /111 -exec chmod 755 {} + &&
  find . -type f ! -perm /111 -exec chmod 644 {} + || fail "owners and permissions below $S/stage could not be set"
rm -rf "$S/stage/.new"
printf %s ${quote(sources.map(({ path }) => `${path}\n`).join(''))} | publish ${STAGE_SOURCES} || fail "$S can't be written: is it full?"
sync -f .
{
  printf '{"version":1,"digest":"%s","dracut":%s' "$(stage_digest)" ${quote(JSON.stringify(dracut))}
  printf ',"kernel":%s,"units":%s,"sources":[' ${quote(JSON.stringify(kernel))} ${quote(JSON.stringify(units))}
  set -- $digests
  ${sources.map((source, i) => `printf '${i === 0 ? '' : ','}%s"%s"}' ${quote(`${JSON.stringify(source).slice(0, -1)},"digest":`)} "$1"; shift`).join('\n  ')}
  printf '],"stagedAt":"%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
} | publish ${HOST.stageManifest} || fail "${HOST.stageManifest} can't be written: is the disk full?"`
}
