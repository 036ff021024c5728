# shellcheck shell=sh
# Sourced by what may end after packages were changed: the machine stays up, with whatever network it has, until a person decides.

# wait_for_orders STEP MESSAGE: returns 0 when the upgrade shall go on, 1 when the machine shall reboot.
wait_for_orders() {
  enter_phase waiting "$2"
  write_state failed reached "$1" "$2" || say waiting "$STATE_DIR/state.json could not be written"
  write_result failed reached "$1" "$2" || say waiting "$STATE_DIR/result.json could not be written; see $RUN_DIR/result.json"
  note_failure "$1" "$2" || say waiting "$STATE_DIR/changed could not be written"
  ! can_record || save_journal || say waiting "the journal could not be saved in $LOG_DIR"
  break_at failure
  : >"$RUN_DIR/waiting"
  # Beside the orders, as a console may take nothing for ever.
  timeout 3600 "$UPGRADE_LIB/inband" onerror &
  dump=$!
  say waiting "$2"
  say waiting 'the upgrade goes on with upgrade-resume, from the controller or on the console; nothing happens by itself'
  start_menus
  while :; do
    order=
    [ -r "$RUN_DIR/request" ] && read -r order <"$RUN_DIR/request"
    case $order in
      resume | reboot) break ;;
      '') sleep 1 ;;
      *) rm -f "$RUN_DIR/request" ;;
    esac
  done
  rm -f "$RUN_DIR/waiting" "$RUN_DIR/request" "$RUN_DIR/failure"
  stop_menus
  # Cut short, they are printed once more: before a reboot now, after a resume by what ends the upgrade.
  if kill "$dump" 2>/dev/null; then rm -f "$RUN_DIR/inband"; fi
  say waiting "asked to $order"
  [ "$order" = resume ] || {
    [ -e "$RUN_DIR/inband" ] || timeout 900 "$UPGRADE_LIB/inband" onerror
    return 1
  }
  note_failure || say waiting "$STATE_DIR/changed could not be written"
}

# note_failure [STEP MESSAGE]: for the recovery boot that may come next; nothing when the upgrade goes on.
note_failure() {
  can_record && [ -r "$STATE_DIR/changed" ] || return 0
  {
    while read -r key value; do
      [ "$key" = failed ] || printf '%s %s\n' "$key" "$value"
    done <"$STATE_DIR/changed"
    [ $# -eq 0 ] || printf 'failed %s: %s\n' "${1:-boot}" "$2"
  } >"$RUN_DIR/changed.new" && write_atomic "$STATE_DIR/changed" <"$RUN_DIR/changed.new"
}

# start_menus: one on each console, as nobody knows at which one somebody sits.
start_menus() {
  menus=
  while read -r tty _; do
    [ -c "/dev/$tty" ] || continue
    setsid --ctty "$UPGRADE_LIB/menu" <>"/dev/$tty" >&0 2>&1 &
    menus="$menus $!"
  done <"$CONSOLES_FILE"
}

stop_menus() {
  for menu in $menus; do kill "$menu" 2>/dev/null; done
}
