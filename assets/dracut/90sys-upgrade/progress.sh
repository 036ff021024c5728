# shellcheck shell=sh
# Sourced by lib.sh: JSON lines for whoever follows the upgrade over the network, and the time that each phase took.

# Everybody appends whole lines to it, so that lines of several processes don't mix.
PROGRESS=$RUN_DIR/progress.jsonl

utc_now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# uptime: seconds since boot, as 84.12
uptime() (
  read -r seconds _ </proc/uptime
  printf '%s' "$seconds"
)

# json_string TEXT: a JSON string. Control characters become spaces; anything beyond 1000 bytes is cut.
json_string() (
  text=$(printf '%.1000s' "$1") json=
  case $text in
    *[!A-Za-z0-9\ .,:\;/_=+@%\(\)-]*) ;;
    *) printf '"%s"' "$text" && exit ;; # nothing to escape: by far the most
  esac
  while [ -n "$text" ]; do
    rest=${text#?}
    char=${text%"$rest"}
    text=$rest
    case $char in
      \\ | \") json=$json\\$char ;;
      [[:cntrl:]]) json="$json " ;;
      *) json=$json$char ;;
    esac
  done
  printf '"%s"' "$json"
)

# json_or_null TEXT
json_or_null() { if [ -n "$1" ]; then json_string "$1"; else printf null; fi; }

# json_get NAME LINE: sets `json_value` to the value of a string or number in a flat JSON object on one line, for people to read: what is
# escaped in a string becomes a space, but for quotes and backslashes. 1 when it has none. Quotes within strings are escaped, so that
# "NAME": can't be part of one. Starts no process: a transaction has thousands of lines.
json_get() {
  json_value=
  case $2 in
    *"\"$1\":"*) ;;
    *) return 1 ;;
  esac
  json_rest=${2#*"\"$1\":"}
  json_rest=${json_rest# }
  case $json_rest in
    \"*) json_rest=${json_rest#\"} ;;
    *)
      json_value=${json_rest%%[,\}]*}
      return
      ;;
  esac
  while :; do
    json_plain=${json_rest%%[\"\\]*}
    json_value=$json_value$json_plain json_rest=${json_rest#"$json_plain"}
    case $json_rest in
      \\u????*) json_rest=${json_rest#??????} json_value="$json_value " ;;
      \\[\"\\/]*)
        json_rest=${json_rest#?}
        json_value=$json_value${json_rest%"${json_rest#?}"} json_rest=${json_rest#?}
        ;;
      \\*) json_rest=${json_rest#??} json_value="$json_value " ;;
      *) return 0 ;;
    esac
  done
}

# json_field NAME LINE: prints what json_get finds.
json_field() { json_get "$1" "$2" && printf '%s\n' "$json_value"; }

# progress EVENT [FIELDS]: one line; FIELDS is JSON without the braces: "n":1,"of":2
progress() {
  [ -d "$RUN_DIR" ] || return 0
  printf '{"t":"%s","up":%s,"phase":"%s","event":"%s"%s}\n' "$(utc_now)" "$(uptime)" "${PHASE:-start}" "$1" "${2:+,$2}" \
    >>"$PROGRESS" || return 0 # nobody can be told, and nothing depends on it
}

# enter_phase NAME TEXT: one of start, checks, recovery, transaction, finish, done, failed, waiting
enter_phase() {
  PHASE=$1
  export PHASE
  printf '%s %s\n' "$1" "$(uptime)" >>"$RUN_DIR/phases"
  progress phase "\"text\":$(json_string "$2")"
}

# phase_seconds: {"start":12,...}: whole seconds spent in each phase so far; a phase entered twice counts both times.
phase_seconds() (
  now=$(uptime) list=''
  [ -r "$RUN_DIR/phases" ] || { printf '{}' && exit; }
  for name in start checks recovery transaction finish 'done' failed waiting; do
    total=0 since='' found=
    while read -r phase at; do
      [ -z "$since" ] || total=$((total + ${at%.*} - since))
      since=
      [ "$phase" != "$name" ] || { since=${at%.*} && found=1; }
    done <"$RUN_DIR/phases"
    [ -z "$since" ] || total=$((total + ${now%.*} - since))
    [ -z "$found" ] || list="$list${list:+, }\"$name\": $total"
  done
  printf '{%s}' "$list"
)
