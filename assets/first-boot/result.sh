# shellcheck shell=sh
# Sourced after lib.sh: the last word about the upgrade, in result.json.

# json_string TEXT
json_string() { printf '"%s"' "$(printf '%s' "$1" | LC_ALL=C tr '\000-\037\177' ' ' | sed 's/[\\"]/\\&/g')"; }

# json_or_null TEXT
json_or_null() { if [ -n "$1" ]; then json_string "$1"; else printf null; fi; }

# json_lines FILE: a list of the file's lines.
json_lines() {
  between=
  printf '['
  [ ! -f "$1" ] || while IFS= read -r line; do
    printf '%s%s' "$between" "$(json_string "$line")"
    between=', '
  done <"$1"
  printf ']'
}

# told KEY: run, image, plan or started_at, as JSON, as the upgrade image noted it.
told() {
  value=$(sed -n "s/^$1 //p" "$NOTES/told" 2>/dev/null | head -n 1)
  printf '%s' "${value:-null}"
}

# image_phases: the seconds that each phase in the upgrade image took, as JSON without the last brace. The image's result has one key
# a line. It may be missing, or another upgrade's, when power was cut at the image's very end.
image_phases() {
  result=$NOTES/image-result.json
  # A second try must not take the first one's result for the image's.
  [ -e "$result" ] || [ ! -f "$STATE/result.json" ] || publish "$result" <"$STATE/result.json"
  phases=
  if grep -q -x -F -e "  \"plan\": $(told plan)," "$result" 2>/dev/null; then
    phases=$(sed -n 's/^  "phases": \({.*\)},\{0,1\}$/\1/p' "$result" | head -n 1)
  fi
  case $phases in
    '{'*:*) printf '%s, ' "$phases" ;;
    *) printf '{' ;;
  esac
}

# write_result OUTCOME STEP MESSAGE BEGUN: BEGUN is the uptime in seconds at which this program began.
write_result() {
  phases="$(image_phases)\"resume-service\": $(($(cut -d . -f 1 /proc/uptime) - $4))}"
  {
    printf '{\n  "version": 1,\n  "run": %s,\n  "image": %s,\n  "plan": %s,\n' "$(told run)" "$(told image)" "$(told plan)"
    printf '  "boot_id": %s,\n  "kernel": %s,\n' "$(json_string "$(cat /proc/sys/kernel/random/boot_id)")" "$(json_string "$(uname -r)")"
    printf '  "systemd": %s,\n' "$(json_or_null "$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')")"
    printf '  "started_at": %s,\n  "phase": "first-boot",\n  "step": %s,\n' "$(told started_at)" "$(json_or_null "$2")"
    printf '  "message": %s,\n  "changed": true,\n' "$(json_string "$3")"
    printf '  "release": {"from": %s, "to": %s},\n' "$(json_string "$(setting from)")" "$(json_string "$(setting to)")"
    printf '  "phases": %s,\n  "warnings": %s,\n' "$phases" "$(json_lines "$NOTES/warnings")"
    printf '  "lines": %s,\n' "$(json_lines "$NOTES/lines")"
    printf '  "outcome": %s,\n  "finished_at": "%s"\n}\n' "$(json_string "$1")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  } | publish "$STATE/result.json"
}
