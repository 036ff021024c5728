#!/bin/sh
# in-root COMMAND..., in-container COMMAND...: runs COMMAND by chroot in the old system's root, or in the container of the target release with
# the root and everything mounted below it at /installroot. Exit code: COMMAND's, or 125 when its surroundings could not be made.
#
# It gets mount and PID namespaces of its own: its mounts, and whatever daemon a package starts, end with it. The IPC namespace is the
# machine's: device-mapper waits for udev by means of System V semaphores. /run holds what device tools need, and no socket of the service
# manager or a bus. Standard input is empty unless UPGRADE_STDIN says that somebody types.
set -u
# shellcheck source=../90sys-upgrade/lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=../90sys-upgrade/record.sh
. "$UPGRADE_LIB/record.sh"

if [ -z "${UPGRADE_ENTERED:-}" ]; then
  export UPGRADE_LIB UPGRADE_ENTERED=1
  # The runner's own standing with the kernel's out-of-memory killer is not for what it runs.
  { printf 0 >/proc/self/oom_score_adj; } 2>/dev/null
  [ -n "${UPGRADE_STDIN:-}" ] || exec </dev/null
  exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private -- "$0" "$@"
fi
unset UPGRADE_ENTERED

broken() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 125
}

# furnish DIR: what programs expect to find in a root.
furnish() {
  for name in dev proc sys run; do
    [ ! -L "$1/$name" ] && mkdir -p "$1/$name" || broken "$1/$name is not a folder"
  done
  mount --rbind /dev "$1/dev" && mount --rbind /proc "$1/proc" && mount --rbind /sys "$1/sys" &&
    mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs "$1/run" || broken "$1 could not be given its file systems"
  if [ -d /sys/firmware/efi/efivars ] && ! mountpoint -q "$1/sys/firmware/efi/efivars"; then
    # Whoever needs them will say so; a machine without may still be upgraded.
    mount -t efivarfs efivarfs "$1/sys/firmware/efi/efivars" || printf '%s: the EFI variables could not be mounted\n' "${0##*/}" >&2
  fi
  for name in udev lock lvm mdadm multipathd cryptsetup; do
    [ -d "/run/$name" ] || continue
    mkdir "$1/run/$name" && mount --bind "/run/$name" "$1/run/$name" || broken "/run/$name could not be bound"
  done
}

case ${0##*/} in
  in-root) new_root=$ROOT ;;
  in-container)
    new_root=$STATE_DIR/target
    [ -x "$new_root/bin/sh" ] || broken "there is no container in $new_root"
    [ ! -L "$new_root/installroot" ] && mkdir -p "$new_root/installroot" || broken "$new_root/installroot is not a folder"
    # With the container itself on top, a chroot into it is a root of its own for programs that look at mount points.
    mount --rbind "$ROOT" "$new_root/installroot" || broken "$ROOT could not be bound to $new_root/installroot"
    furnish "$new_root/installroot"
    ;;
  *) broken 'called by another name than in-root or in-container' ;;
esac
furnish "$new_root"
umask 022
# No exec: systemctl and others tell a chroot by process 1 having another root, and process 1 is this shell.
chroot "$new_root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-linux}" "$@"
