import { argv, quote } from '../../../remote/quote.ts'
import { FAILED, PHASE } from '../container/install-script.ts'
import { inPrivateNamespaces, MOUNT_CONTAINER } from '../container/namespace.ts'
import { PUBLISH } from '../container/shell.ts'
import { HOST, STATE } from '../layout.ts'
import { ARTIFACT_FILES, type ImageInputs } from '../manifests.ts'
import { networkFiles, PROVE_KEYS, sshManifest } from './network.ts'
import { PROVE } from './prove.ts'
import type { WantedImage } from './wanted.ts'

export interface BuildSpec {
  readonly arch: string
  /** What `uname -r` will say in the image. */
  readonly kernel: string
  readonly wanted: WantedImage
  readonly inputs: ImageInputs
  readonly inputsDigest: string
}

/** dracut's whole output of the last build. */
export const DRACUT_LOG = `${HOST.log}/dracut.log`
/** Free space that a build wants: the unpacked image and its archive at once. */
const NEEDED_MIB = 500

/**
 * The job that builds the image, for `Remote.job`. It works beside the old artifacts and takes their place by renaming a folder, manifest
 * and all: killed at any moment, it leaves the old ones, the new ones or none.
 */
export function buildScript(spec: BuildSpec): string {
  return inPrivateNamespaces(
    [
      header(spec),
      prepare(spec),
      networkFiles(spec.wanted.network),
      dracut(spec.wanted),
      prove(spec),
      publish(spec),
    ].join('\n'),
  )
}

const header = ({ kernel }: BuildSpec): string => `set -u
umask 022
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
unset TMPDIR
S=${STATE} T=${HOST.target} W=${HOST.artifacts}.new K=${quote(kernel)}
phase() { echo '${PHASE}'"$1"; }
fail() { printf '%s%s\\n' '${FAILED}' "$1" >&2; exit 1; }
${PUBLISH}
${MOUNT_CONTAINER}
in_container() { chroot "$T" /usr/bin/env -i LC_ALL=C HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null; }`

// The container's modules.d gets ours in this mount namespace only: the container stays what install_rpms made, and nothing of an earlier
// run can be left in it. The folder of dracut's own configuration is hidden, as --conf and --confdir do for the ones in /etc.
const prepare = ({ wanted }: BuildSpec): string => `phase 'preparing the container'
free=$(df -Pk "$S" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -ge ${NEEDED_MIB} ] || fail "no space: a build needs ${NEEDED_MIB} MiB, the filesystem $(df -Pk "$S" | awk 'NR == 2 { print $6 }') has $free MiB free"
rm -rf "$W" && (umask 077 && mkdir "$W") && mkdir "$W/out" "$W/tmp" "$W/conf.d" "$W/hidden" && : >"$W/empty.conf" || fail "$S can't be written"
mount_container "$T" || fail 'the container can not be given its file systems'
modules=/usr/lib/modules; [ -d "$T$modules" ] || modules=/lib/modules
set -- "$T$modules"/*/vmlinuz
[ $# = 1 ] && [ -f "$T$modules/$K/vmlinuz" ] || fail "the container should hold the kernel $K and no other, but holds: $(cd "$T$modules" && ls -d */vmlinuz 2>&1 | paste -s -d ' ')"
[ -x "$T/usr/bin/dracut" ] || fail 'the container has no dracut: request the package dracut'

extra=$T$modules/$K/extra/upgrade-push
if [ -e "$extra" ] || [ -n "$(ls -A "$S/stage/kernel")" ]; then
  rm -rf "$extra" && mkdir -p "$extra" && cp -R "$S/stage/kernel/." "$extra/" || fail "the drivers could not be copied into the container"
  [ -n "$(ls -A "$extra")" ] || rmdir "$extra"
  in_container depmod -a "$K" || fail "depmod failed in the container"
fi

dracut_dir=$T/usr/lib/dracut
cp -R --preserve=mode,links,timestamps "$dracut_dir/modules.d" "$W/modules.d" || fail "the container has no dracut modules"
for module in "$S"/stage/dracut/*; do
  folder=\${module##*/}
  rm -rf "$W/modules.d"/[0-9][0-9]"\${folder#??}" && cp -R --preserve=mode "$module" "$W/modules.d/" || fail "$folder could not be copied"
done
chown -R 0:0 "$W/modules.d" && mount --bind "$W/modules.d" "$dracut_dir/modules.d" || fail 'the dracut modules can not be put in place'
[ ! -d "$dracut_dir/dracut.conf.d" ] || mount --bind "$W/hidden" "$dracut_dir/dracut.conf.d"
mkdir "$T/run/upgrade-push" && mount --bind "$W" "$T/run/upgrade-push" || fail 'the build folder can not be put in place'
${wanted.arrays.length === 0 ? ':' : `printf '%s\\n' ${argv(wanted.arrays.map((uuid) => `rd.md.uuid=${uuid}`))} >"$W/arrays.conf"`}`

function dracut(wanted: WantedImage): string {
  const options = [
    ...['--force', '--no-hostonly', '--conf', '/run/upgrade-push/empty.conf', '--confdir', '/run/upgrade-push/conf.d'],
    ...['--tmpdir', '/run/upgrade-push/tmp', '--add', wanted.modules.join(' ')],
    ...(wanted.drivers.length === 0 ? [] : ['--add-drivers', wanted.drivers.join(' ')]),
    ...(wanted.arrays.length === 0
      ? []
      : ['--include', '/run/upgrade-push/arrays.conf', '/etc/cmdline.d/50-upgrade-push.conf']),
    ...(wanted.compress === undefined ? [] : ['--compress', wanted.compress]),
    wanted.mdadmconf ? '--mdadmconf' : '--nomdadmconf',
    wanted.lvmconf ? '--lvmconf' : '--nolvmconf',
  ]
  // dracut takes the libraries of an installed program along, but splits --install at spaces and makes folders empty.
  return `set -- ${argv(options)}
: >"$W/optional"
there() {
  case $1 in =*) [ -d "$T$modules/$K/kernel/\${1#=}" ] ;; *) in_container modinfo -k "$K" "$1" >/dev/null 2>&1 ;; esac
}
for driver in ${argv(wanted.optionalDrivers ?? [])}; do
  if there "$driver"; then
    set -- "$@" --add-drivers "$driver" && echo "driver $driver" >>"$W/optional"
  else
    phase "the kernel $K has no driver $driver: the image does without"
  fi
done
while IFS= read -r file; do
  [ -n "$file" ] || continue
  in_container test -e "$file" || fail "include_files: $file is not in the container: request its package, or copy_files"
  case $file in *[[:space:]]*) plain= ;; *) plain=1 ;; esac
  if [ -z "$plain" ] || in_container test -d "$file"; then set -- "$@" --include "$file" "$file"; else set -- "$@" --install "$file"; fi
done <<'==FILES=='
${wanted.files.join('\n')}
==FILES==
! in_container dracut --help 2>&1 | grep -q -e --reproducible || set -- "$@" --reproducible
phase "building the image for kernel $K"
(umask 077 && mkdir -p ${HOST.log}) || fail '${HOST.log} can not be made'
{ in_container dracut "$@" --kver "$K" --kernel-image "$modules/$K/vmlinuz" /run/upgrade-push/out/${ARTIFACT_FILES.initramfs} 2>&1; echo $? >"$W/code"; } |
  tee ${DRACUT_LOG}
code=$(cat "$W/code")
[ "$code" = 0 ] || fail "dracut ended with exit code $code: $(grep -v '^ *$' ${DRACUT_LOG} | tail -n 3 | paste -s -d '|' | sed 's/|/ | /g')"
[ -s "$W/out/${ARTIFACT_FILES.initramfs}" ] || fail 'dracut said that all is well but made no image'`
}

const prove = ({ wanted }: BuildSpec): string => `phase 'reading the image back'
(umask 077; in_container lsinitrd /run/upgrade-push/out/${ARTIFACT_FILES.initramfs} >"$W/listing" 2>"$W/listing.err") ||
  fail "the image can't be read back: $(tail -n 1 "$W/listing.err")"
${PROVE}
missing=$(cat "$W/optional" - <<'==WANTED==' | prove "$W/listing" "$T$modules/$K/modules.builtin"
${[
  ...wanted.modules.map((name) => `module ${name}`),
  ...wanted.drivers.map((name) => `driver ${name}`),
  ...wanted.units.map((name) => `unit ${name}`),
  ...wanted.files.map((path) => `file ${path}`),
  ...(wanted.network ? ['file /usr/sbin/sshd'] : []),
].join('\n')}
==WANTED==
) || fail 'the list of what is in the image could not be made sense of'
[ -z "$missing" ] || fail "the image lacks what was asked for: $(printf '%s' "$missing" | paste -s -d ',' | sed 's/,/, /g')"
${PROVE_KEYS}`

const publish = ({ arch, kernel, wanted, inputs, inputsDigest }: BuildSpec): string => {
  const { modules, drivers, units, files } = wanted
  const known = JSON.stringify({
    version: 1,
    arch,
    kernelVersion: kernel,
    inputs,
    inputsDigest,
    proven: { modules, drivers, units, files },
  })
  return `cp "$T$modules/$K/vmlinuz" "$W/out/${ARTIFACT_FILES.kernel}" || fail 'the kernel could not be copied'
cp "$T$modules/$K/.vmlinuz.hmac" "$W/out/${ARTIFACT_FILES.hmac}" || fail "the kernel $K comes without .vmlinuz.hmac"
chmod 600 "$W/out"/*
product() { printf '"%s":{"sha256":"%s","size":%s}' "$1" "$(sha256sum <"$W/out/$2" | cut -c1-64)" "$(stat -c %s "$W/out/$2")"; }
{
  printf '%s,"files":{%s,%s,%s}' ${quote(known.slice(0, -1))} "$(product kernel ${ARTIFACT_FILES.kernel})" \\
    "$(product initramfs ${ARTIFACT_FILES.initramfs})" "$(product hmac ${ARTIFACT_FILES.hmac})"
  printf ',"ssh":%s' ${sshManifest(wanted.network)}
  printf ',"builtAt":"%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
} | publish "$W/out/manifest.json" && sync -f "$W/out" || fail "$W can't be written: is the disk full?"
rm -rf "$S/artifacts.old"
[ ! -e ${HOST.artifacts} ] || mv ${HOST.artifacts} "$S/artifacts.old" || fail 'the old artifacts could not be moved away'
mv "$W/out" ${HOST.artifacts} && sync "$S" || fail 'the new artifacts could not be moved into place'
rm -rf "$S/artifacts.old" "$W"
echo "image $(stat -c %s ${HOST.artifacts}/${ARTIFACT_FILES.initramfs})"`
}
