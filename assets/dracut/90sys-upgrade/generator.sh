#!/bin/sh
# Lifts the time limits when a break point asks for a shell, as a person thinks longer than a machine; and for the recovery entry, which
# ends in waiting whatever happens. Records that are printed on a slow console get an hour.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=lift.sh
. "$UPGRADE_LIB/lift.sh"

# shellcheck disable=SC2034 # for lift
out=$1

if break_points >/dev/null; then
  lift upgrade.target Unit JobTimeoutSec=infinity &&
    lift upgrade.service Service TimeoutStopSec=infinity &&
    lift_reports infinity
elif cmdline_value rd.upgrade.recovery >/dev/null; then
  # Time runs out for the way to upgrade.target, but the emergency target's report then waits with whatever network there is.
  lift upgrade.target Unit JobTimeoutAction=none &&
    lift_reports infinity
elif cmdline_value rd.upgrade.inband >/dev/null; then
  # Records on a slow line: 250 KB three times at 9600 baud.
  lift upgrade.service Service TimeoutStopSec=1h &&
    lift_reports 1h
fi
