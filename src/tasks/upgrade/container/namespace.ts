import { quote } from '../../../remote/quote.ts'

/**
 * Wraps a script so that it runs in mount, PID and IPC namespaces of its own: whatever ends it, its mounts go with it, and with the
 * wrapper every process that it started.
 */
export function inPrivateNamespaces(script: string): string {
  return `unshare --mount --pid --ipc --fork --kill-child --mount-proc --propagation private -- sh -c ${quote(script)} </dev/null`
}

/**
 * `mount_container ROOT`: gives a container root the file systems that programs expect, and nothing of the host beyond harmless device
 * nodes: no /run, hence no D-Bus and no systemd to talk to; /sys read-only. For use inside {@link inPrivateNamespaces} only.
 */
export const MOUNT_CONTAINER = `mount_container() {
  for dir in dev proc sys run tmp; do
    [ ! -L "$1/$dir" ] || { echo "$1/$dir is a symbolic link" >&2; return 1; }
    mkdir -p "$1/$dir" || return 1
  done
  mount --bind "$1" "$1" &&
  mount -t tmpfs -o nosuid,mode=755,size=1m tmpfs "$1/dev" || return 1
  for node in null zero full random urandom tty; do
    : >"$1/dev/$node" && mount --bind "/dev/$node" "$1/dev/$node" || return 1
  done
  mkdir "$1/dev/pts" "$1/dev/shm" &&
  ln -s pts/ptmx "$1/dev/ptmx" && ln -s /proc/self/fd "$1/dev/fd" && ln -s fd/0 "$1/dev/stdin" &&
  ln -s fd/1 "$1/dev/stdout" && ln -s fd/2 "$1/dev/stderr" &&
  mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=620 devpts "$1/dev/pts" &&
  mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$1/dev/shm" &&
  mount -t proc -o nosuid,nodev,noexec proc "$1/proc" &&
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$1/sys" &&
  mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs "$1/run" &&
  mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$1/tmp"
}`
