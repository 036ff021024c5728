#!/bin/sh
# inband WHEN: prints the records of the upgrade on every console, for a machine whose console is all that can be reached, when
# rd.upgrade.inband= asks for it: `always`, or `onerror` where WHEN is onerror. inband-decode.sh puts a captured log together again.
#
# Each line is `_upi:PASS/PASSES|NUMBER:DATA|`, DATA being base64 of a gzip file; a first line, NUMBER 0, says `chunks=N,sha256=HEX`.
# All of it is printed three times, so that lines which a noisy console damaged can be voted down.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=record.sh
. "$UPGRADE_LIB/record.sh"

PASSES=3

case $(cmdline_value rd.upgrade.inband),$1 in
  always,* | onerror,onerror) ;;
  ,* | never,* | onerror,*) exit 0 ;;
  *)
    say inband 'rd.upgrade.inband is none of always, onerror, never: nothing is printed'
    exit 0
    ;;
esac
# A failure was printed when it happened.
[ ! -e "$RUN_DIR/inband" ] || [ "$1" = onerror ] || exit 0

records() {
  for file in "$RUN_DIR/result.json" "$RUN_DIR/phases" "$RUN_DIR/progress.jsonl" "$RUN_DIR/output" "$STATE_DIR/state.json" \
    "$STATE_DIR/result.json" "$STATE_DIR/changed" "$STATE_DIR/progress.jsonl" "$STATE_DIR/plan.json"; do
    [ -r "$file" ] || continue
    printf '### %s\n' "$file"
    cat "$file"
  done
  printf '### journal\n'
  timeout 60 journalctl --boot --no-pager --output short-precise
}

print_all() {
  tr=$(printf '\r')
  printf '_upi:%s/%s|0:chunks=%s,sha256=%s|%s\n' "$1" "$PASSES" "$chunks" "$sum" "$tr"
  number=0
  while read -r data; do
    number=$((number + 1))
    printf '_upi:%s/%s|%s:%s|%s\n' "$1" "$PASSES" "$number" "$data" "$tr"
  done <"$RUN_DIR/inband"
}

records | gzip -9 >"$RUN_DIR/inband.gz" && base64 -w 64 <"$RUN_DIR/inband.gz" >"$RUN_DIR/inband" || {
  say inband 'the records could not be packed'
  exit 0
}
sum=$(sha256sum <"$RUN_DIR/inband.gz")
sum=${sum%% *} chunks=0
while read -r _; do chunks=$((chunks + 1)); done <"$RUN_DIR/inband"
pass=1
while [ "$pass" -le "$PASSES" ]; do
  sleep "$(((pass - 1) * ${UPGRADE_INBAND_PAUSE:-10}))"
  while read -r tty _; do
    { print_all "$pass" >>"/dev/$tty"; } 2>/dev/null || continue
  done <"$CONSOLES_FILE"
  pass=$((pass + 1))
done
