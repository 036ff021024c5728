#!/bin/sh
# Says why the upgrade ended early: on the consoles, and in result.json where the old root can be written. Runs as ExecStopPost of
# upgrade.service, and in place of the emergency shell. Whoever started it reboots the machine when it ends; where packages may have
# changed it does not end in place of the emergency shell, but waits for a person.
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
export UPGRADE_LIB

[ -e "$RUN_DIR/finished" ] && exit 0
mkdir -p "$RUN_DIR" || say failed "$RUN_DIR can not be made"
# As ExecStopPost it is the last that is left of the service; elsewhere the service may be at work.
after_service=${SERVICE_RESULT:+1}

# Several paths may lead here, the service's, the emergency target's and dracut's: the first one reports. When another one has the say and
# the machine must stay up, this one must not end, as its end is a reboot.
if [ -z "$after_service" ] && must_stay && [ -e "$RUN_DIR/once" ] || ! mkdir "$RUN_DIR/reported" 2>/dev/null; then
  while [ -z "$after_service" ] && must_stay && [ ! -e "$RUN_DIR/finished" ]; do sleep 5; done
  exit 0
fi

phase=boot step='' reason=''
[ -r "$RUN_DIR/phase" ] && read -r phase <"$RUN_DIR/phase"
if [ -r "$RUN_DIR/failure" ]; then
  { read -r step && read -r reason; } <"$RUN_DIR/failure"
elif [ "${SERVICE_RESULT:-success}" != success ]; then
  reason="upgrade.service ended with $SERVICE_RESULT (${EXIT_CODE:-unknown} ${EXIT_STATUS:-})"
else
  units=$(timeout 20 systemctl list-units --failed --plain --no-legend --no-pager | {
    while read -r unit _; do printf ' %s' "$unit"; done
  })
  reason="the boot of the upgrade image failed${1:+ in $1}"
  mountpoint -q "$ROOT" || reason="$reason; the root was not mounted (root=$(cmdline_value root))"
  reason=$reason${units:+"; failed units:$units"}
fi
enter_phase failed "$reason"
say failed "$reason"

# Where the boot failed before the steps ran, the root may still be there to write on. A step that failed is not tried again.
if ! can_record && [ -z "$step" ] && mountpoint -q "$ROOT"; then
  for prepare in "$UPGRADE_LIB"/steps/*-root "$UPGRADE_LIB"/steps/*-mounts; do
    STEP=report timeout 100 "$prepare" || break
  done
fi
selinux_restore

next='the old system'
if maybe_changed; then
  next='the recovery environment'
elif [ -e "$RUN_DIR/recovery" ] || recovering; then
  # The recovery entry is the default already, and nothing needs to be recovered.
  timeout 120 "$UPGRADE_LIB/in-root" /bin/sh /var/lib/upgrade-push/boot/steer restore ||
    { say failed 'the old default of the boot loader could not be restored' && next='the recovery environment, which tries again'; }
fi
# The recovery entry must not be booted again and again.
if [ -z "$after_service" ] && recovering && [ "$next" != 'the old system' ]; then
  printf '%s\n%s\n' "$step" "$reason" >"$RUN_DIR/failure"
  : >"$RUN_DIR/stuck"
  supervise 1 && leave && exit 0
  next='the old system'
fi

if can_record; then
  write_state failed "$phase" "$step" "$reason" || say failed "$STATE_DIR/state.json could not be written"
fi
write_result failed "$phase" "$step" "$reason" || say failed "$STATE_DIR/result.json could not be written"
# Before what a slow console may draw out.
! can_record || save_journal || say failed "the journal could not be saved in $LOG_DIR"
progress failed "\"step\":$(json_or_null "$step"),\"text\":$(json_string "$reason"),\"changed\":$(if maybe_changed; then printf true; else printf false; fi)"
timeout 900 "$UPGRADE_LIB/inband" onerror
break_at failure
say failed "rebooting in 10 seconds; the next boot is $next"
! can_record || release_root
sleep "${UPGRADE_LAST_WORDS:-10}"
