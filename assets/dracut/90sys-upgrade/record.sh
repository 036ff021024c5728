# shellcheck shell=sh
# Sourced after lib.sh: what the next boot finds on the old system's disk. Every file is written beside its name, synced and renamed.

STATE_DIR=$ROOT/var/lib/upgrade-push
LOG_DIR=$ROOT/var/log/upgrade-push

# The steps have mounted what holds STATE_DIR: before, a directory of that name may lie hidden below a mount to come.
can_record() { [ -e "$RUN_DIR/writable" ]; }

# recovering: did the recovery entry boot? It never starts a transaction by itself.
recovering() { cmdline_value rd.upgrade.recovery >/dev/null; }

# changed: has the transaction of this plan begun to change packages? Besides our marker the transaction's own journal counts: it is synced
# before rpm begins. 40-checks took away what older upgrades left before there was a recovery entry, so that it can trust both. Fails where
# the old root can't be read, too: see maybe_changed.
changed() (
  [ -e "$RUN_DIR/changed" ] && exit 0
  can_record || exit 1
  recovering && [ -e "$STATE_DIR/changed" ] && exit 0
  plan=$(cmdline_value rd.upgrade.plan) || plan=none
  if [ -r "$STATE_DIR/changed" ]; then
    while read -r key value; do
      [ "$key" = plan ] && [ "$value" = "$plan" ] && exit 0
    done <"$STATE_DIR/changed"
  fi
  { recovering || [ -e "$RUN_DIR/clean" ]; } && [ -r "$STATE_DIR/progress.jsonl" ] || exit 1
  grep -q '"first-change"' "$STATE_DIR/progress.jsonl"
)

# maybe_changed: a recovery entry that can't read the old root must take the worst for granted.
maybe_changed() { changed || { recovering && ! can_record; }; }

# must_stay: a reboot would not lead to a system that works, so that it is a person's to decide. `stuck` is a recovery entry that nothing
# needs, and that could not be taken away.
must_stay() { maybe_changed || [ -e "$RUN_DIR/stuck" ]; }

# mark_changed: durable, before the first package changes.
mark_changed() {
  : >"$RUN_DIR/changed"
  # A resumed transaction has its marker, with the release that it came from.
  [ ! -s "$STATE_DIR/changed" ] || return 0
  {
    printf 'run %s\nplan %s\nfrom %s\nat %s\n' "$(cmdline_value rd.upgrade.run)" "$(cmdline_value rd.upgrade.plan)" \
      "$(release_of "$ROOT/etc/os-release")" "$(utc_now)"
  } | write_atomic "$STATE_DIR/changed"
}

# release_of FILE: VERSION_ID of an os-release file. The file is data: read, never sourced.
release_of() (
  [ -r "$1" ] || exit 0
  while IFS='=' read -r key value; do
    [ "$key" = VERSION_ID ] && value=${value#[\"\']} && printf '%s' "${value%[\"\']}" && exit 0
  done <"$1"
)

# release_json: {"from":"8","to":"9"}, out of the first line of the plan; null before there is a plan.
release_json() (
  line=
  [ -r "$STATE_DIR/plan.json" ] && read -r line <"$STATE_DIR/plan.json"
  case $line in
    *'"release":{'*) ;;
    *) printf null && exit ;;
  esac
  line="{${line#*\"release\":\{}"
  line="${line%%\}*}}"
  from=$(json_field from "$line") && to=$(json_field to "$line") || { printf null && exit; }
  printf '{"from": "%s", "to": "%s"}' "$from" "$to"
)

# last_lines: JSON array of the last 20 lines that the transaction and the final steps wrote, in this boot or else in the one before it.
last_lines() (
  separator='' file=$RUN_DIR/output
  [ -r "$file" ] || { recovering && file=$LOG_DIR/transaction.log; }
  printf '['
  if [ -r "$file" ]; then
    tail -n 20 "$file" | while IFS= read -r line; do
      printf '%s%s' "$separator" "$(json_string "$line")"
      separator=', '
    done
  fi
  printf ']'
)

# write_atomic FILE: standard input becomes FILE, or FILE stays as it was.
write_atomic() {
  (umask 077 && cat >"$1.new") && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

# systemd_version: 257, out of `systemd 257 (257.13-1)`. Asked for once in a boot: processes are dear on a slow machine.
systemd_version() {
  if [ ! -s "$RUN_DIR/systemd" ]; then
    systemctl --version >"$RUN_DIR/systemctl" || return 0
    read -r _ systemd_number _ <"$RUN_DIR/systemctl" && printf '%s\n' "$systemd_number" >"$RUN_DIR/systemd"
  fi
  read -r systemd_number <"$RUN_DIR/systemd" && printf '%s' "$systemd_number"
}

# common_fields PHASE STEP MESSAGE: what state.json and result.json both say. PHASE is `boot` before upgrade.target, else `reached`.
common_fields() (
  read -r boot_id </proc/sys/kernel/random/boot_id
  run=$(cmdline_value rd.upgrade.run) || run=
  image=$(cmdline_value rd.upgrade.image) || image=
  started=
  [ -r "$RUN_DIR/started" ] && read -r started <"$RUN_DIR/started"
  plan=$(cmdline_value rd.upgrade.plan) || plan=
  printf '  "version": 1,\n  "run": %s,\n  "image": %s,\n  "plan": %s,\n  "boot_id": %s,\n' \
    "$(json_or_null "$run")" "$(json_or_null "$image")" "$(json_or_null "$plan")" "$(json_string "$boot_id")"
  printf '  "kernel": %s,\n  "systemd": %s,\n  "started_at": %s,\n' \
    "$(json_string "$(uname -r)")" "$(json_or_null "$(systemd_version)")" "$(json_or_null "$started")"
  printf '  "phase": %s,\n  "step": %s,\n  "message": %s,\n' \
    "$(json_string "$1")" "$(json_or_null "$2")" "$(json_or_null "$3")"
)

# write_state STATUS PHASE STEP MESSAGE: where the upgrade is. STATUS is running, finished or failed.
write_state() {
  {
    printf '{\n'
    common_fields "$2" "$3" "$4"
    printf '  "status": %s,\n  "updated_at": %s\n}\n' "$(json_string "$1")" "$(json_string "$(utc_now)")"
  } | write_atomic "$STATE_DIR/state.json"
}

# write_result OUTCOME PHASE STEP MESSAGE: what came of it; first in RUN_DIR, where it stays readable when the disk is full.
write_result() {
  result_changed=false
  maybe_changed && result_changed=true
  {
    printf '{\n'
    common_fields "$2" "$3" "$4"
    printf '  "outcome": %s,\n  "changed": %s,\n  "release": %s,\n  "phases": %s,\n  "lines": %s,\n' \
      "$(json_string "$1")" "$result_changed" "$(release_json)" "$(phase_seconds)" "$(last_lines)"
    printf '  "finished_at": %s\n}\n' "$(json_string "$(utc_now)")"
  } >"$RUN_DIR/result.json" && { ! can_record || write_atomic "$STATE_DIR/result.json" <"$RUN_DIR/result.json"; }
}

# save_journal: this boot's journal, appended to the old system's persistent log.
save_journal() {
  (
    umask 077
    mkdir -p "$LOG_DIR" || exit 1
    read -r boot_id </proc/sys/kernel/random/boot_id
    {
      printf '### upgrade-push: initramfs, boot %s, saved %s\n' "$boot_id" "$(utc_now)"
      timeout 60 journalctl --boot --no-pager --output short-precise
    } >>"$LOG_DIR/initramfs.log"
  ) && sync "$LOG_DIR/initramfs.log"
}

# release_root: flushes and gives back what the steps mounted, newest first; the root becomes read-only again.
# What is busy stays mounted: systemd unmounts it on the way down.
release_root() {
  sync
  if [ -r "$RUN_DIR/mounted" ]; then
    release_below <"$RUN_DIR/mounted"
    rm -f "$RUN_DIR/mounted"
  fi
  rm -f "$RUN_DIR/writable"
  mount -o remount,ro "$ROOT" || say finish "$ROOT is busy; it becomes read-only at shutdown"
}

# release_below: unmounts the mount points on standard input, one a line, the last one first.
release_below() {
  IFS= read -r point || return 0
  # Parents were mounted first: what is below them must go before.
  (release_below)
  umount "$point" || say finish "$point is busy; it is unmounted at shutdown"
}
