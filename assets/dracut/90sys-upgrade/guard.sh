# shellcheck shell=sh
# Sourced by the runner: nothing hangs for ever before the first package changes, and nothing is cut short after it. A time limit of the
# service itself could not tell the two apart.

# seconds_for STEP: how long a step may take before the first package changes.
seconds_for() {
  case $1 in
    mounts) printf 900 ;; # it waits for devices itself
    checks | transaction) printf 3600 ;; # reads gigabytes; solves dependencies
    *) printf 300 ;;
  esac
}

# limit STEP: the time of STEP begins to count.
limit() {
  limit_now=$(uptime)
  printf '%s %s\n' "$((${limit_now%.*} + $(seconds_for "$1")))" "$1" >"$RUN_DIR/deadline"
}

# guard PID: ends the runner, PID, when a step is over its time; upgrade.service then ends the rest, reports and reboots.
guard() (
  while sleep "${UPGRADE_GUARD:-5}" && [ -d "/proc/$1" ] && ! maybe_changed; do
    [ ! -e "$RUN_DIR/waiting" ] && read -r deadline step <"$RUN_DIR/deadline" || continue
    now=$(uptime)
    [ "${now%.*}" -gt "$deadline" ] || continue
    printf '%s\n%s\n' "$step" "it did not end within $(seconds_for "$step") seconds" >"$RUN_DIR/failure"
    # Between the last look and this line a package may have begun to change. Then the recovery entry is the default: the reboot leads there.
    kill -KILL "$1"
    exit
  done
)
