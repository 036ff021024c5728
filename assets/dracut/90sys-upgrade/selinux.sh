# shellcheck shell=sh
# Sourced by the runner: SELinux lets the new system's packages through while the old system's labels are on the disk.

ENFORCE=${UPGRADE_ENFORCE:-/sys/fs/selinux/enforce}

# selinux_permissive: unless the kernel arguments ask for enforcing=1. What it was is kept for selinux_restore.
selinux_permissive() {
  [ -w "$ENFORCE" ] && [ "$(cmdline_value enforcing)" != 1 ] && [ ! -e "$RUN_DIR/enforce" ] || return 0
  # The kernel ends it without a newline.
  { read -r enforce || [ -n "$enforce" ]; } <"$ENFORCE" && printf '%s\n' "$enforce" >"$RUN_DIR/enforce" || return 1
  [ "$enforce" = 0 ] || printf 0 >"$ENFORCE"
}

selinux_restore() {
  [ -r "$RUN_DIR/enforce" ] || return 0
  read -r enforce <"$RUN_DIR/enforce"
  rm -f "$RUN_DIR/enforce"
  [ "$enforce" = 0 ] || printf '%s' "$enforce" >"$ENFORCE"
}
