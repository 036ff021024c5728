# shellcheck shell=sh
# Read by every interactive shell of the upgrade image (ENV): functions for a person who looks around. `up_help` lists them.
# Nothing here may end the shell, or change what a script that happens to be started from it does.
case $- in
  *i*)
    UPGRADE_LIB=${UPGRADE_LIB:-/usr/lib/upgrade-push}
    up_root=/sysroot

    up_help() {
      cat <<'HELP'
up_mount      mounts the root at /sysroot, writable, and what fstab has below it
up_chroot     a shell in the old system's root (or: up_chroot COMMAND...)
up_container  a shell in the container of the target release, the root at /installroot (or: up_container COMMAND...)
up_log        the journal of this boot
upgrade-status, upgrade-follow [N], upgrade-resume, upgrade-reboot
HELP
    }

    up_mount() {
      mountpoint -q "$up_root" || systemctl start sysroot.mount || return
      for up_step in root mounts; do
        STEP=$up_step sh -c "exec $UPGRADE_LIB/steps/*-$up_step" || return
      done
    }

    # The same surroundings as the upgrade's own, but with the terminal.
    up_chroot() {
      [ $# -gt 0 ] || set -- /bin/sh -i
      UPGRADE_STDIN=1 "$UPGRADE_LIB/in-root" "$@"
    }
    up_container() {
      [ $# -gt 0 ] || set -- /bin/sh -i
      UPGRADE_STDIN=1 "$UPGRADE_LIB/in-container" "$@"
    }

    up_log() { journalctl --boot --no-pager "$@"; }
    ;;
esac
