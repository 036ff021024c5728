#!/bin/sh
# Lifts the time limits when a break point asks for a shell, as a person thinks longer than a machine; and for the recovery entry, which
# ends in waiting whatever happens.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"

out=$1

# lift UNIT SECTION SETTING...
lift() {
  dir=$out/$1.d section=$2
  shift 2
  mkdir -p "$dir" && {
    printf '[%s]\n' "$section" && printf '%s\n' "$@"
  } >"$dir/zz-upgrade.conf"
}

lift_reports() {
  lift emergency.target Unit JobTimeoutSec=infinity &&
    for unit in emergency rescue dracut-emergency; do
      lift "$unit.service" Service TimeoutStartSec=infinity || return 1
    done
}

if break_points >/dev/null; then
  lift upgrade.target Unit JobTimeoutSec=infinity &&
    lift upgrade.service Service TimeoutStopSec=infinity &&
    lift_reports
elif cmdline_value rd.upgrade.recovery >/dev/null; then
  # Time runs out for the way to upgrade.target, but the emergency target's report then waits with whatever network there is.
  lift upgrade.target Unit JobTimeoutAction=none &&
    lift_reports
fi
