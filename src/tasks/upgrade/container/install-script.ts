import { argv, quote } from '../../../remote/quote.ts'
import { HOST, STATE } from '../layout.ts'
import type { ContainerInputs } from '../manifests.ts'
import { copyIntoContainer, requireCopies } from './copies.ts'
import { DNF_FOLDERS, dnfCommand, prepareDnf, printPins } from './dnf.ts'
import { inPrivateNamespaces, MOUNT_CONTAINER } from './namespace.ts'
import { RPMDB_DIGEST, TARGET_COPIES } from './probe.ts'
import { PUBLISH, TREE_DIGEST } from './shell.ts'

/** `packages`: a new container from the repositories' present state. `files`: the same container, its files copied again. */
export type InstallMode = 'packages' | 'files'

export interface InstallSpec {
  readonly mode: InstallMode
  readonly inputs: ContainerInputs
  /** The pins of the container that stays, for `files`. */
  readonly pins: Readonly<Record<string, string>>
}

/** What starts a line of the job that is meant for the operator: progress, and why it failed. */
export const PHASE = '-- '
export const FAILED = 'FAILED: '

/**
 * The job that makes or updates the container, for `Remote.job`. Killed at any moment, it leaves either the old container with its manifest,
 * or one without a manifest, which the next run builds anew from the packages that were downloaded.
 */
export function installScript(spec: InstallSpec): string {
  const body = [
    HEADER,
    requireCopies(spec.inputs.copies),
    spec.mode === 'packages' ? packages(spec) : files(spec),
    FINISH(spec),
  ]
  return inPrivateNamespaces(body.join('\n'))
}

const HEADER = `set -u
umask 022
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
S=${STATE}
T=${HOST.target}
phase() { echo '${PHASE}'"$1"; }
fail() { printf '%s%s\\n' '${FAILED}' "$1" >&2; exit 1; }
${TREE_DIGEST}
${RPMDB_DIGEST}
${PUBLISH}
${MOUNT_CONTAINER}
free_kib() { df -Pk "$1" | awk 'NR == 2 { print $4 }'; }
where() { df -Pk "$1" | awk 'NR == 2 { print $6 }'; }
dnf_output=${DNF_FOLDERS.log}/last-output
# Runs dnf, shows its output and keeps it; the exit code is dnf's.
run_dnf() { { "$@" 2>&1; echo $? >"$dnf_output.code"; } </dev/null | tee "$dnf_output"; [ "$(cat "$dnf_output.code")" = 0 ]; }`

function packages({ inputs }: InstallSpec): string {
  const dnf = dnfCommand(inputs, DNF_FOLDERS)
  const names = argv(inputs.rpms)
  const importKeys = (root: string) =>
    inputs.gpgkeys
      .map(
        (key) =>
          `rpm --root ${root} --import ${quote(key)} || fail ${quote(`the signing key ${key} can't be imported`)}`,
      )
      .join('\n')
  return `phase 'resolving and downloading the packages'
rm -rf "$S/dnf/resolve" && mkdir -p "$S/dnf/resolve" || fail "$S can't be written"
${prepareDnf(inputs, DNF_FOLDERS)}
${importKeys('"$S/dnf/resolve"')}
# The old container is kept until all packages are here and checked.
run_dnf ${dnf} --refresh --installroot="$S/dnf/resolve" install --downloadonly ${names} || fail 'dnf'
rm -rf "$S/dnf/resolve"
pins=$(${printPins(inputs, DNF_FOLDERS)})

need=$(awk '/^Installed size:/ { size = $3; unit = $4 } END { split("k M G T", units, " "); f = 1 / 1024
  for (i = 1; i <= 4; i++) if (unit == units[i]) f = 1024 ^ (i - 1); printf "%d", size * f }' "$dnf_output")
old=$(du -skx "$T" 2>/dev/null | cut -f1)
have=$(( $(free_kib "$S") + \${old:-0} ))
[ "$have" -gt "$need" ] || fail "no space: the packages need $((need / 1024)) MiB when installed, the filesystem $(where "$S") has room for \\
$((have / 1024)) MiB: free $(( (need - have) / 1024 + 1 )) MiB there"

phase 'installing the packages'
rm -f ${HOST.targetManifest} ${TARGET_COPIES} && sync "$S"
rm -rf --one-file-system "$T" && mkdir -m 755 "$T" || fail "$T can't be emptied"
mount_container "$T" || fail 'the container can not be given its file systems'
${importKeys('"$T"')}
# The container never boots: building an initramfs for it in a scriptlet would be lost work.
KERNEL_INSTALL_BYPASS=1 run_dnf ${dnf} --cacheonly --installroot="$T" install ${names} || {
  # What rpm could not write it takes away again: the disk need not be full any more, but what is still to come has no room.
  left=$((need - $(du -skx "$T" | cut -f1)))
  have=$(free_kib "$S")
  [ "$left" -le "$have" ] || fail "no space: $(where "$S") filled up: the packages need $((left / 1024)) MiB more when installed, \
$((have / 1024)) MiB are free: free $(((left - have) / 1024 + 1)) MiB there"
  fail 'dnf'
}
# The host's rpm wrote the database, the container's reads it: format and place may differ between releases.
ours=$(rpm --eval %_dbpath) theirs=$(chroot "$T" rpm --eval %_dbpath) || fail 'the container has no rpm that runs: request the package rpm'
if [ "$(readlink -f "$T$ours")" != "$(readlink -f "$T$theirs")" ]; then
  mkdir -p "$T$theirs" && cp -a "$T$ours/." "$T$theirs/" && rm -rf "\${T:?}$ours" || fail "the RPM database could not be moved to $theirs"
fi
chroot "$T" rpmdb --rebuilddb </dev/null || fail "the container's rpm can't read its database"`
}

function files({ pins }: InstallSpec): string {
  const lines = Object.entries(pins).map(([id, sha]) => `pin ${id} ${sha}`)
  return `pins=${quote(lines.join('\n'))}
rm -f ${HOST.targetManifest} ${TARGET_COPIES} && sync "$S"
mount_container "$T" || fail 'the container can not be given its file systems'`
}

const FINISH = ({
  inputs,
}: InstallSpec): string => `modules=/usr/lib/modules; [ -d "$T$modules" ] || modules=/lib/modules
kernels=$(cd "$T$modules" 2>/dev/null && ls -d */vmlinuz 2>/dev/null)
owner() { chroot "$T" rpm -qf --qf '%{NEVRA}' "$modules/$1" </dev/null; }
case $(printf '%s' "$kernels" | grep -c .) in
  1) ;;
  0) fail 'the container holds no kernel: request a kernel package such as kernel-core' ;;
  *) names=$(for k in $kernels; do owner "$k"; echo; done | paste -s -d ' ')
     fail "the container holds more than one kernel: $names: leave one of them out of the requests or the repositories" ;;
esac
kernel=\${kernels%/vmlinuz}

phase 'copying files from the host'
copied=$(while IFS= read -r src; do [ -z "$src" ] || tree_digest "$src"; done <<'==SOURCES=='
${inputs.copies.map(({ src }) => src).join('\n')}
==SOURCES==
)
${copyIntoContainer(inputs.copies)}

installed=$(chroot "$T" rpm -qa --qf '%{NEVRA} %{SHA256HEADER}\\n' </dev/null | grep -v '^gpg-pubkey' | LC_ALL=C sort)
[ -n "$installed" ] || fail "the container's RPM database is empty"
content=$(printf '%s\\n' "$installed" ${argv(inputs.copies.map(({ dst }) => dst))} "$copied" | sha256sum | cut -c1-64)
list() { awk 'NF { printf "%s\\"%s\\"", sep, $1; sep = "," }'; }
sync -f "$T"
printf '%s' ${quote(inputs.copies.map(({ src }) => `${src}\n`).join(''))} | publish ${TARGET_COPIES} &&
{
  printf '{"version":1,"inputs":%s' ${quote(JSON.stringify(inputs))}
  printf ',"pins":{%s}' "$(printf '%s\\n' "$pins" | awk 'NF { printf "%s\\"%s\\":\\"%s\\"", sep, $2, $3; sep = "," }')"
  printf ',"packages":[%s],"copied":[%s]' "$(printf '%s\\n' "$installed" | list)" "$(printf '%s\\n' "$copied" | list)"
  printf ',"rpmdb":"%s","kernel":{"package":"%s","release":"%s"}' "$(rpmdb_digest "$T")" "$(owner "$kernels")" "$kernel"
  printf ',"digest":"%s","builtAt":"%s"}\\n' "$content" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
} | publish ${HOST.targetManifest} || fail "${HOST.targetManifest} can't be written"
echo "kernel $kernel"`
