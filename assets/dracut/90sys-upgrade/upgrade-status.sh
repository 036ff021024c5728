#!/bin/sh
# upgrade-status: where the upgrade stands, as `key: value` lines.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=record.sh
. "$UPGRADE_LIB/record.sh"

# last_of FILE: its last line
last_of() (
  line=
  [ -r "$1" ] && while read -r next; do line=$next; done <"$1"
  printf '%s' "$line"
)

phase=$(last_of "$RUN_DIR/phases")
waiting=no
[ -e "$RUN_DIR/waiting" ] && waiting=yes
changed=no
if changed; then changed=yes; elif ! can_record; then changed=unknown; fi
recovery=no
recovering && recovery=yes
step='' message=''
if [ -r "$RUN_DIR/result.json" ]; then
  while IFS= read -r line; do
    case $line in
      '  "step": "'*) step=$(json_field step "$line") ;;
      '  "message": "'*) message=$(json_field message "$line") ;;
    esac
  done <"$RUN_DIR/result.json"
fi
phase=${phase%% *}
printf 'phase: %s\nwaiting: %s\nchanged: %s\nrecovery: %s\n' "${phase:-boot}" "$waiting" "$changed" "$recovery"
printf 'run: %s\nplan: %s\n' "$(cmdline_value rd.upgrade.run)" "$(cmdline_value rd.upgrade.plan)"
printf 'step: %s\nmessage: %s\nitem: %s\nuptime: %s\n' "$step" "$message" "$(last_of "$RUN_DIR/item")" "$(uptime)"
