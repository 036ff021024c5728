# shellcheck shell=sh
# Sourced by 60-transaction: takes the progress of the transaction, tells it to whoever follows, and shows it on the consoles. A line starts
# no process of its own where it comes with its time: a transaction has thousands.

# stamp LINE: prints LINE with the time, the uptime and the phase where they are missing.
stamp() {
  missing=
  case $1 in *'"t":'*) ;; *) missing="\"t\":\"$(utc_now)\"," ;; esac
  case $1 in
    *'"up":'*) ;;
    *)
      read -r up _ </proc/uptime
      missing="$missing\"up\":$up,"
      ;;
  esac
  case $1 in *'"phase":'*) ;; *) missing="$missing\"phase\":\"$PHASE\"," ;; esac
  printf '{%s%s\n' "$missing" "${1#\{}"
}

# value NAME: sets the variable NAME to that field of the line, or to nothing.
value() {
  json_get "$1" "$line"
  eval "$1=\$json_value"
}

# relay: reads progress lines until the transaction has ended. What is no JSON object is left out. A last line without an end counts: it may
# be the one that says why.
relay() {
  beats=0
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      \{*\}) ;;
      *) continue ;;
    esac
    json_get event "$line" || continue
    event=$json_value
    # The first thing to be done about the first change, before anything else may take time.
    if [ "$event" = first-change ]; then
      mark_changed || show "$STEP" "$STATE_DIR/changed could not be written"
    fi
    stamp "$line" >>"$PROGRESS"
    case $event in
      first-change) show "$STEP" 'the first package changes now: from here on there is only forward' ;;
      item) relay_item ;;
      scriptlet)
        value kind && value package
        printf '%s scriptlet of %s\n' "$kind" "$package" >"$RUN_DIR/doing"
        ;;
      heartbeat)
        # A serial log is read by people: every fifth will do.
        [ $((beats % 5)) -ne 0 ] || relay_heartbeat
        beats=$((beats + 1))
        ;;
      line | phase)
        value text
        show "$STEP" "$text"
        ;;
      failed)
        value text
        printf '%s\n' "$text" >"$RUN_DIR/told"
        ;;
    esac
  done
}

relay_item() {
  beats=0
  for field in n of action package; do value "$field"; done
  item="$n/$of $action $package"
  printf '%s\n' "$item" >>"$RUN_DIR/item"
  printf '%s\n' "$item" >"$RUN_DIR/doing"
  show "$STEP" "$item"
}

relay_heartbeat() {
  for field in what cpu_s io_bytes seconds; do value "$field"; done
  show "$STEP" "$what: $cpu_s s of processor time and $((io_bytes / 1024)) KiB of I/O in $seconds s"
}
