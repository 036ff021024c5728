import { MAKE_ROOM, ROOM } from './room.ts'
import { lastLine } from './sanitise.ts'
import { STATE_DIR } from './state.ts'
import { HOST_MOUNTS, RemoteError } from './types.ts'
import type { NoGreeting } from './wire/open.ts'

/** Begins each reason that the scripts below give on stderr. Stage 1 says it alone first: from then on, every failure is the sandbox's. */
const MARK = 'upgrade-push-sandbox: '

/**
 * Stage 1, called with NONCE STAGE2 LOOP: leaves the host's mount namespace. Root does so by right; another user takes a user namespace in
 * which it stays itself.
 */
const LEAVE = `echo "${MARK}" >&2
fail() { echo "${MARK}$1" >&2; exit 3; }
uid=
while read -r key value rest; do case $key in Uid:) uid=$value; break;; esac; done </proc/self/status
command -v unshare >/dev/null || fail "unshare (util-linux) is not installed"
if [ "$uid" = 0 ]; then
  exec unshare --mount --propagation private /bin/sh -c "$2" upgrade-push "$1" "$3" root
else
  unshare --user --map-current-user --keep-caps true 2>/dev/null || fail "this user may not make a user namespace"
  exec unshare --user --map-current-user --keep-caps --mount --propagation private /bin/sh -c "$2" upgrade-push "$1" "$3" user
fi
fail "unshare failed"`

/**
 * Stage 2, called with NONCE LOOP root|user: makes everything read-only, then gives up every capability but those for reading, so that nothing
 * of it can be undone, and starts the loop.
 *
 * A read-only mount does not stop writes to device nodes, so /dev becomes a private copy in which only harmless devices may be written;
 * without CAP_DAC_OVERRIDE their mode holds for root too. Sockets of daemons that would act for us are hidden.
 * Without CAP_SYS_PTRACE, /proc/PID/root of processes outside is out of reach.
 *
 * Once the right to mount is gone, nothing more can be put together; so a host that has a container gets a room here, in which a check can
 * run the container's programs. What it shows of the host and the container is read-only like everything else.
 */
const SEAL = `fail() { echo "${MARK}$1" >&2; exit 3; }
umask 022
mountinfo=$(cat /proc/self/mountinfo) && table=$(cat /proc/self/mounts) && [ "$mountinfo" ] || fail "/proc is not mounted"
basic="null zero full random urandom tty"
mount -n -t tmpfs -o mode=0755,nosuid,size=16m upgrade-push /tmp || fail "no tmpfs can be mounted"
if [ "$3" = root ] && cp -ax /dev/. /tmp/ 2>/dev/null; then
  chmod -R a-w /tmp
  for name in $basic ptmx; do [ -c /tmp/$name ] && chmod a+rw /tmp/$name; done
  [ -d /tmp/pts ] && [ -d /dev/pts ] && mount -n --bind /dev/pts /tmp/pts
else
  rm -rf /tmp/* 2>/dev/null
  for name in $basic; do
    if [ -c /dev/$name ]; then : >/tmp/$name; mount -n --bind /dev/$name /tmp/$name || fail "/dev can't be replaced"; fi
  done
  ln -s /proc/self/fd /tmp/fd; ln -s fd/0 /tmp/stdin; ln -s fd/1 /tmp/stdout; ln -s fd/2 /tmp/stderr
fi
mkdir -p /tmp/shm
chmod u+w /tmp
mount -n --move /tmp /dev || fail "/dev can't be replaced"
mount -n -t tmpfs -o mode=1777,nosuid,nodev upgrade-push /dev/shm || fail "no scratch space can be mounted"
TMPDIR=/dev/shm; export TMPDIR
${HOST_MOUNTS.mountinfo.variable}=${HOST_MOUNTS.mountinfo.file}; ${HOST_MOUNTS.mounts.variable}=${HOST_MOUNTS.mounts.file}
export ${HOST_MOUNTS.mountinfo.variable} ${HOST_MOUNTS.mounts.variable}
printf '%s\\n' "$mountinfo" >${HOST_MOUNTS.mountinfo.file} && printf '%s\\n' "$table" >${HOST_MOUNTS.mounts.file} || fail "no scratch space"
[ ! -d /run/dbus ] || mount -n -t tmpfs -o mode=0755,size=4k upgrade-push /run/dbus || fail "/run/dbus can't be hidden"
for socket in /run/systemd/private /run/udev/control /run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock \\
  /run/crio/crio.sock /run/snapd.socket /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
  [ ! -S $socket ] || mount -n --bind /dev/null $socket || fail "$socket can't be hidden"
done
mounts() {
  printf '%s\\n' "$list" | while read -r id parent device root where options rest; do
    case $where in *\\\\*) where=$(printf '%s' "$where" | sed 's/\\\\/\\\\0/g'); where=$(printf '%b.' "$where"); where=\${where%.};; esac
    case $where:$rest in /dev/shm:*|*' - autofs '*) ;; *) "$1" || exit 1;; esac
  done
}
seal() {
  case $options in
    rw|rw,*) mount -n -o "remount,bind,ro\${options#rw}" "$where" 2>/dev/null;;
  esac
  return 0
}
verify() {
  [ -d "$where" ] || [ -f "$where" ] || return 0
  if [ -w "$where" ]; then echo "${MARK}$where can still be written" >&2; return 1; fi
  [ -d "$where" ] || return 0
  if true 2>/dev/null >"$where/.upgrade-push-$$"; then
    rm -f "$where/.upgrade-push-$$"
    echo "${MARK}$where can still be written" >&2
    return 1
  fi
}
list=$(cat /proc/self/mountinfo) && [ "$list" ] || fail "/proc is not mounted"
mounts seal
mounts verify || exit 3
true >/dev/shm/probe && rm /dev/shm/probe && true >/dev/null || fail "no scratch space"
if [ "$3" = root ] && [ -d ${STATE_DIR}/target ]; then
  ${MAKE_ROOM}
  mkdir -p ${ROOM.work}/state && make_room ${ROOM.root} ${ROOM.work} 2>${ROOM.work}/why && ${ROOM.variable}=1 && export ${ROOM.variable}
fi
command -v setpriv >/dev/null || fail "setpriv (util-linux) is not installed"
if [ "$3" = root ]; then keep=-all,+dac_read_search,+setuid,+setgid,+net_raw,+sys_chroot; else keep=-all; fi
exec setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=$keep /bin/sh -c "$2" upgrade-push "$1"
fail "setpriv failed"`

/** Runs before the loop: the right to mount (bit 21) must be gone, or all of it could be undone. */
const GUARD = `while read -r __up_k __up_t __up_x; do
  case $__up_k:$__up_t in
    CapEff:*[014589cd]?????|CapBnd:*[014589cd]?????) ;;
    CapEff:*|CapBnd:*) echo "${MARK}the right to mount could not be given up" >&2; exit 3;;
  esac
done </proc/self/status
`

/** The program that starts `loop` in a mount namespace in which nothing can be written. */
export function sandboxed(loop: string, nonce: string): string[] {
  return ['/bin/sh', '-c', LEAVE, 'upgrade-push', nonce, SEAL, GUARD + loop]
}

/** Why there is no sandbox, when the scripts said so. */
export function sandboxFailure(host: string, { stdout, stderr, timedOut }: NoGreeting): RemoteError | undefined {
  const [, ...reasons] = stderr.split(MARK)
  if (reasons.length === 0) return undefined
  const reason = reasons.length > 1 ? (reasons.at(-1)?.split('\n')[0] ?? '') : lastLine(reasons[0] || stdout)
  const shown = timedOut
    ? 'it was not ready in time (does a filesystem of the host hang?)'
    : reason || 'no reason given'
  return new RemoteError(
    'sandbox',
    host,
    `a check needs a read-only view of the host, and there is none to be had: ${lastLine(shown)}`,
    'let the check become root (-b), install util-linux, or allow user namespaces for the login user',
  )
}
