#!/bin/sh
# ExecStart of upgrade.service: runs the steps below steps/ in the order of their names. The first step that fails stops the upgrade. When
# nothing was changed yet, upgrade.service then runs report.sh and reboots; after that, the machine waits for a person.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=record.sh
. "$UPGRADE_LIB/record.sh"
# shellcheck source=guard.sh
. "$UPGRADE_LIB/guard.sh"
# shellcheck source=selinux.sh
. "$UPGRADE_LIB/selinux.sh"
# shellcheck source=waiting.sh
. "$UPGRADE_LIB/waiting.sh"
# shellcheck source=runner.sh
. "$UPGRADE_LIB/runner.sh"

# One start for each boot: whatever made systemd start this again, a half-done upgrade must not be begun anew.
mkdir -p "$RUN_DIR" && mkdir "$RUN_DIR/once" || {
  say start 'refused: the upgrade was started before in this boot'
  exit 1
}
export UPGRADE_LIB
utc_now >"$RUN_DIR/started" || fail 'the clock could not be read'
printf 'reached\n' >"$RUN_DIR/phase" || fail "$RUN_DIR can not be written"
say start 'upgrade.target reached'
selinux_permissive || fail 'SELinux could not be made permissive'
# A person at a break point takes any time.
if ! break_points >/dev/null; then
  limit start
  guard $$ >&2 &
fi
break_at initram

attempt
supervise $? || exit 1
leave
