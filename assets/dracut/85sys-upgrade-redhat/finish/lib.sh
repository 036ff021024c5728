# shellcheck shell=sh
# Sourced by every final step, which runs in the new system's root with the new system's own tools, and by the first boot's program.

STATE=/var/lib/upgrade-push
# What was asked for: line files, modules and scripts, as staged on the old system.
DATA=$STATE/finish
# What was done: markers that make a second run skip it, warnings, the kernel.
# shellcheck disable=SC2034 # for the scripts that source this file
NOTES=$STATE/finished LOG=/var/log/upgrade-push

# tell TEXT...: one line of progress for the operator; everything else that a step prints goes into the log only.
tell() { printf 'upgrade: %s\n' "$*"; }

# warn TEXT...: something that the operator should look at later, told once however often the step runs.
warn() {
  tell "warning: $*"
  grep -qxF -e "$*" "$NOTES/warnings" 2>/dev/null || printf '%s\n' "$*" >>"$NOTES/warnings"
}

# broken TEXT...: ends the step; the upgrade stops with this reason, and can be resumed.
broken() {
  printf '%s\n' "$*" >"$NOTES/failure"
  printf 'failed: %s\n' "$*"
  exit 1
}

# setting NAME: prints a value of the settings file; 1 when it has none.
setting() {
  while read -r setting_key setting_value; do
    [ "$setting_key" = "$1" ] && printf '%s\n' "$setting_value" && return 0
  done <"$DATA/settings"
  return 1
}

# publish FILE: gives standard input the name FILE at once and durably, with mode 0600.
publish() {
  (umask 077 && cat >"$1.new") && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

# replace FILE: as publish, for a file of the system: it keeps its owner, mode and label.
replace() {
  rm -f "$1.upgrade-push" && cp -p "$1" "$1.upgrade-push" && cat >"$1.upgrade-push" &&
    sync "$1.upgrade-push" && mv -f "$1.upgrade-push" "$1" && sync "${1%/*}"
}

# last_lines FILE: the last lines of a log that say something, on one line.
last_lines() { grep -v '^[[:space:]]*$' "$1" 2>/dev/null | tail -n 3 | tr '\n' '|' | sed 's/|$//; s/|/ | /g'; }
