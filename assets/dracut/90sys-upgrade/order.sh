#!/bin/sh
# upgrade-resume, upgrade-reboot: tells a machine that waits after a failure what to do. Returns as soon as the order is taken: the work is
# the service's, so that a lost link can't cut it. See upgrade-follow for what comes of it.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=record.sh
. "$UPGRADE_LIB/record.sh"

refuse() {
  printf '%s: refused: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

order=${0##*upgrade-}
[ -e "$RUN_DIR/waiting" ] || refuse 'the upgrade is not waiting for orders; see upgrade-status'
if [ "$order" = resume ] && can_record; then
  for needed in plan.sums transaction.sh; do
    [ -r "$STATE_DIR/$needed" ] || refuse "$STATE_DIR/$needed is gone: there is no plan to go on with; restore the system from a backup"
  done
fi
# The first order counts.
(set -C && printf '%s\n' "$order" >"$RUN_DIR/request") 2>/dev/null || refuse 'another order was given a moment ago'
waited=0
while [ -e "$RUN_DIR/request" ]; do
  [ "$waited" -lt 30 ] || refuse 'the order was left, but nobody took it within 30 seconds'
  sleep 1
  waited=$((waited + 1))
done
printf '%s: accepted\n' "${0##*/}"
