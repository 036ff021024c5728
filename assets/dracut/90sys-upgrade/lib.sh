# shellcheck shell=sh
# Sourced by every script of the upgrade inside the initramfs: console lines, kernel arguments, failure, break points.
# Only shell builtins and what module-setup.sh installs may be used here.

# Our scripts, the old system's root, and our own notes about this boot. Tests point them elsewhere.
UPGRADE_LIB=${UPGRADE_LIB:-/usr/lib/upgrade-push}
# shellcheck disable=SC2034 # for the scripts that source this file
ROOT=${UPGRADE_ROOT:-/sysroot}
RUN_DIR=${UPGRADE_RUN_DIR:-/run/upgrade-push}
CMDLINE_FILE=${UPGRADE_CMDLINE:-/proc/cmdline}
CONSOLES_FILE=${UPGRADE_CONSOLES:-/proc/consoles}

# A step that exits with this code ends the upgrade without a failure: the steps after it are not run.
# shellcheck disable=SC2034 # for the scripts that source this file
STEP_ENDS=10
# One that exits with this code has nothing to do in this boot: the upgrade waits for orders.
# shellcheck disable=SC2034
STEP_WAITS=11

# cmdline_value NAME: prints the value of the last NAME or NAME=VALUE on the kernel command line; 1 when there is none.
cmdline_value() (
  set -f
  line='' value='' found=1
  read -r line <"$CMDLINE_FILE" || [ -n "$line" ] || exit 1
  for arg in $line; do
    case $arg in
      "$1"=*) value=${arg#*=} found=0 ;;
      "$1") value='' found=0 ;;
    esac
  done
  printf '%s\n' "$value"
  exit "$found"
)

# show STEP TEXT...: one line to the journal (standard output) and to every console, readable in a serial log. Writers take it there as
# soon as they run (console.sh): a console that takes nothing must not stop the upgrade.
show() {
  show_step=$1
  shift
  read -r show_uptime _ </proc/uptime
  show_line="upgrade-push: $show_uptime $show_step $*"
  printf '%s\n' "$show_line"
  if [ -e "$RUN_DIR/console" ] && { printf '%s\r\n' "$show_line" >>"$RUN_DIR/console"; } 2>/dev/null; then return 0; fi
  while read -r show_tty _; do
    # A console that is gone must not stop the upgrade.
    { printf '%s\r\n' "$show_line" >>"/dev/$show_tty"; } 2>/dev/null || continue
  done <"$CONSOLES_FILE"
}

# say STEP TEXT...: shows a line, and tells it to whoever follows over the network.
say() {
  show "$@"
  say_step=$1
  shift
  progress line "\"step\":$(json_string "$say_step"),\"text\":$(json_string "$*")"
}

# fail TEXT...: ends a step. The reason is kept for the result; STEP is the name that the runner gave.
fail() {
  say "${STEP:-start}" "failed: $*"
  printf '%s\n%s\n' "${STEP:-start}" "$*" >"$RUN_DIR/failure" || say "${STEP:-start}" 'the reason could not be kept'
  exit 1
}

# canonical_break NAME: the point that NAME means; Leapp's users know some by other names.
canonical_break() {
  case $1 in
    upgrade | initram | leapp-initram) printf initram ;;
    pre-transaction | pre-upgrade | leapp-pre-upgrade) printf pre-transaction ;;
    post-transaction | post-upgrade | leapp-post-upgrade | leapp-upgrade) printf post-transaction ;;
    finish | logs | leapp-finish | leapp-logs) printf finish ;;
    *) printf '%s' "$1" ;;
  esac
}

# break_points: what rd.upgrade.break= asks for, comma-separated. rd.break= is dracut's; two kinds of its values are ours.
break_points() {
  cmdline_value rd.upgrade.break >/dev/null && cmdline_value rd.upgrade.break && return
  case $(cmdline_value rd.break) in
    upgrade | leapp-*) cmdline_value rd.break ;;
    *) return 1 ;;
  esac
}

# at_break POINT: is POINT among the points asked for?
at_break() (
  points=$(break_points) || exit 1
  wanted=$(canonical_break "$1")
  set -f
  IFS=,
  for point in $points; do
    [ "$(canonical_break "$point")" = "$wanted" ] && exit 0
  done
  exit 1
)

# break_at POINT: a shell on the console when rd.upgrade.break names POINT, and only then. Leaving the shell goes on.
break_at() {
  at_break "$1" || return 0
  console=console
  # /dev/console can't be a controlling terminal: find the terminal behind it.
  while [ -r "/sys/class/tty/$console/active" ]; do
    read -r console <"/sys/class/tty/$console/active" || break
    console=${console##* }
  done
  say break "shell at $1 on $console; leave it with exit to go on"
  # The shell reads ENV: functions that help to look around.
  HOME=/ ENV=$UPGRADE_LIB/shell.sh PS1="upgrade-push:$1# " setsid --wait --ctty /bin/sh -i <>"/dev/$console" >&0 2>&1 ||
    say break "the shell at $1 ended with code $?"
}

# shellcheck source=progress.sh
. "$UPGRADE_LIB/progress.sh"
# shellcheck source=heartbeat.sh
. "$UPGRADE_LIB/heartbeat.sh"

# in_root COMMAND...: runs COMMAND in the old root by chroot, with /dev, /proc, /sys and a /run of its own. See in-root.
in_root() { "$UPGRADE_LIB/in-root" "$@"; }

if cmdline_value rd.upgrade.debug >/dev/null; then
  PS4="+ ${0##*/}: "
  set -x
fi
