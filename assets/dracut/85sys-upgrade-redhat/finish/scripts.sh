# shellcheck shell=sh
# Sourced after lib.sh: scripts that requests name, each run until it has succeeded once, in their order, bounded and logged.

# run_scripts MOMENT: runs the scripts of `after-transaction` or `first-boot`. One that fails leaves NAME.failed, which says why, among
# the notes, and does not keep the others from running; it runs again when this is called again: at every resume of the final steps, and
# when somebody starts upgrade-resume on the new system. One that succeeded leaves NAME.done and is never run again. A script that a
# power cut ended has neither, and starts anew.
run_scripts() {
  moment=$1
  mkdir -p "$NOTES/$moment" "$LOG/$moment"
  while read -r limit name; do
    [ ! -e "$NOTES/$moment/$name.done" ] || continue
    tell "script $name ($moment)"
    run_script "$DATA/scripts/$moment/$name" "$limit" "$LOG/$moment/$name.log"
    code=$?
    rm -f "$NOTES/$moment/$name.failed"
    if [ "$code" -eq 0 ]; then
      : >"$NOTES/$moment/$name.done"
    else
      why="failed with exit code $code"
      [ "$code" -ne 124 ] && [ "$code" -ne 137 ] || why="was stopped after $limit seconds"
      why="script $name ($moment) $why: $(last_lines "$LOG/$moment/$name.log")"
      tell "$why"
      printf '%s\n' "$why" | publish "$NOTES/$moment/$name.failed"
    fi
    sync "$NOTES/$moment"
  done <"$DATA/scripts-$moment"
}

# run_script FILE SECONDS LOG
run_script() (
  file=$1 limit=$2 log=$3
  if [ -x "$file" ]; then set -- "$file"; else set -- /bin/sh "$file"; fi
  printf '### %s, %s\n' "${file##*/}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$log"
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    UPGRADE_FROM="$(setting from)" UPGRADE_TO="$(setting to)" UPGRADE_KERNEL="$(cat "$NOTES/kernel")" \
    timeout --kill-after=10 "$limit" "$@" </dev/null >>"$log" 2>&1
)

# failed_scripts: why, a line for each script that failed.
failed_scripts() { cat "$NOTES"/after-transaction/*.failed "$NOTES"/first-boot/*.failed 2>/dev/null; }
