# shellcheck shell=sh
# Sourced by what runs the steps of the upgrade: in their order, and again after a failure when somebody asks for it.

# phase_of STEP: the phase that a follower sees.
phase_of() {
  case $1 in
    checks | recovery | transaction | finish) printf '%s' "$1" ;;
    *) printf start ;;
  esac
}

# about PHASE: what is done in it
about() {
  case $1 in
    start) printf 'looking at the mounted system' ;;
    checks) printf 'comparing plan and packages with what was armed' ;;
    recovery) printf 'making the recovery entry the default' ;;
    transaction) printf 'replacing packages' ;;
    finish) printf 'the final steps' ;;
  esac
}

# keep_state STATUS STEP: a state that can't be written stops the upgrade, as nobody could tell afterwards how far it came. Not so once
# packages have changed: going on is better then than a half-replaced root.
keep_state() {
  can_record || return 0
  write_state "$1" reached "$2" '' && return 0
  changed || fail "$STATE_DIR/state.json could not be written"
  say "$2" "$STATE_DIR/state.json could not be written"
}

# attempt: runs the steps, each as a process of its own. Ends with 0, or with the exit code of the step that was the last. A later attempt
# runs all of them again, with UPGRADE_RESUME set: a mount may be gone, or there at last.
attempt() (
  phase=
  rm -f "$RUN_DIR/mounted"
  for program in "$UPGRADE_LIB"/steps/*; do
    STEP=${program##*/}
    STEP=${STEP#*-}
    export STEP
    if [ "$(phase_of "$STEP")" != "$phase" ]; then
      phase=$(phase_of "$STEP")
      enter_phase "$phase" "$(about "$phase")"
    fi
    case $STEP in
      transaction) break_at pre-transaction ;;
      finish) break_at post-transaction ;;
      *) break_at "$STEP" ;;
    esac
    limit "$STEP"
    keep_state running "$STEP"
    # Those that take long have more to say of it themselves.
    with_heartbeat "$(about "$phase"): $STEP" "$program"
    code=$?
    [ "$code" -eq 0 ] && continue
    case $code in
      "$STEP_ENDS" | "$STEP_WAITS") exit "$code" ;;
    esac
    [ -e "$RUN_DIR/failure" ] || fail "ended with exit code $code"
    exit 1
  done
)

# supervise CODE: what follows an attempt that ended with CODE. Returns 0 when the machine shall reboot, which leads to $next; 1 when the
# upgrade failed before it changed anything, and a reboot leads to the old system.
supervise() {
  code=$1
  while [ "$code" -ne 0 ] && [ "$code" -ne "$STEP_ENDS" ]; do
    selinux_restore
    must_stay || return 1
    step='' reason='the upgrade ended without a reason'
    [ -r "$RUN_DIR/failure" ] && { read -r step && read -r reason; } <"$RUN_DIR/failure"
    next='the recovery environment'
    wait_for_orders "$step" "$reason" || return 0
    selinux_permissive || say waiting 'SELinux could not be made permissive'
    UPGRADE_RESUME=1
    export UPGRADE_RESUME
    attempt
    code=$?
  done
  selinux_restore
  conclude
}

# conclude: every step is done, or one of them ended the upgrade in peace.
conclude() {
  outcome=no-transaction message='No package was touched.' next='the old system'
  changed && outcome=first-boot next='the new system' \
    message='The transaction and the final steps are done; the first boot of the new system is to come.'
  [ -r "$RUN_DIR/outcome" ] && { read -r outcome && read -r message; } <"$RUN_DIR/outcome"
  enter_phase 'done' "$message"
  STEP=finish
  can_record || fail 'no step made the old root writable'
  write_result "$outcome" reached '' "$message" || changed || fail "$STATE_DIR/result.json could not be written"
  keep_state finished ''
  progress 'done' "\"outcome\":$(json_string "$outcome")"
  say finish "$outcome: $message"
}

# leave: gives the root back in good order before the reboot into $next.
leave() {
  ! can_record || save_journal || say finish "the journal could not be saved in $LOG_DIR"
  timeout 900 "$UPGRADE_LIB/inband" always
  break_at finish
  : >"$RUN_DIR/finished" || say finish "$RUN_DIR can not be written"
  say finish "rebooting into $next"
  ! can_record || release_root
}
