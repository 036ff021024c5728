# shellcheck shell=sh
# Sourced by lib.sh: tells during long work how much work was really done, from the kernel's own accounts.

HEARTBEAT_SECONDS=${UPGRADE_HEARTBEAT:-3}

# work_below PID SKIP: prints "TICKS BYTES" of PID and all processes below it: processor time in 1/100 s, bytes read and written by system
# calls. A process that ended counts on in its parent, so that the sums only grow while the tree lives. SKIP and what is below it do not count.
work_below() (
  todo=$1 ticks=0 bytes=0
  while [ -n "$todo" ]; do
    pid=${todo%% *}
    case $todo in
      *' '*) todo=${todo#* } ;;
      *) todo= ;;
    esac
    [ "$pid" = "$2" ] && continue
    # The name, in parentheses, may hold anything; then: state, 11 more, utime stime cutime cstime.
    { read -r line <"/proc/$pid/stat"; } 2>/dev/null || continue
    # shellcheck disable=SC2086 # numbers
    set -- "$1" "$2" ${line##*) }
    [ $# -gt 18 ] || continue
    ticks=$((ticks + ${14} + ${15} + ${16} + ${17}))
    {
      while read -r key value; do
        case $key in
          rchar: | wchar:) bytes=$((bytes + value)) ;;
        esac
      done <"/proc/$pid/io"
    } 2>/dev/null
    for children in "/proc/$pid/task/"*/children; do
      below=
      { read -r below <"$children" || [ -n "$below" ]; } 2>/dev/null || continue
      below=${below% }
      [ -z "$below" ] || todo="$below${todo:+ $todo}"
    done
  done
  printf '%s %s\n' "$ticks" "$bytes"
)

# heartbeat PID: until PID is gone, one line with the work below it since the last one, whenever nobody else said anything meanwhile.
# $RUN_DIR/doing says what it is that takes so long. For the background only, where it has a shell of its own: one more around it would
# outlive the one that is killed.
heartbeat() {
  top=$1 since=$(uptime) beats=0 lines=$(heartbeat_size)
  read -r self _ </proc/self/stat
  work=$(work_below "$top" "$self")
  ticks=${work% *} bytes=${work#* }
  # A sleep that outlives us must not hold open what somebody reads to its end.
  while sleep "$HEARTBEAT_SECONDS" >/dev/null 2>&1 && [ -d "/proc/$top" ]; do
    said=$lines lines=$(heartbeat_size)
    [ "$said" = "$lines" ] || continue
    now=$(uptime) work=$(work_below "$top" "$self")
    # A tree that lost a member which nobody waited for would count backwards.
    spent=$((${work% *} > ticks ? ${work% *} - ticks : 0)) moved=$((${work#* } > bytes ? ${work#* } - bytes : 0))
    ticks=${work% *} bytes=${work#* } seconds=$((${now%.*} - ${since%.*})) since=$now what=
    read -r what <"$RUN_DIR/doing"
    cpu=$((spent / 100)).$((spent % 100 / 10))
    progress heartbeat "\"what\":$(json_string "$what"),\"cpu_s\":$cpu,\"io_bytes\":$moved,\"seconds\":$seconds"
    # A serial log is read by people: every fifth will do.
    [ $((beats % 5)) -ne 0 ] || show "${STEP:-$PHASE}" "$what: $cpu s of processor time and $((moved / 1024)) KiB of I/O in $seconds s"
    beats=$((beats + 1)) lines=$(heartbeat_size)
  done
}

# heartbeat_size: how much was said so far
heartbeat_size() { if [ -e "$PROGRESS" ]; then stat -c %s "$PROGRESS"; else printf 0; fi; }

# with_heartbeat WHAT COMMAND...: runs COMMAND, with heartbeats while it takes long.
with_heartbeat() {
  printf '%s\n' "$1" >"$RUN_DIR/doing"
  shift
  # What it shows goes to the consoles and to followers only: standard output is the command's, and standard error comes to the console twice.
  heartbeat $$ >/dev/null &
  heartbeat_pid=$!
  heartbeat_code=0
  "$@" || heartbeat_code=$?
  kill "$heartbeat_pid" 2>/dev/null
  wait "$heartbeat_pid" 2>/dev/null
  return "$heartbeat_code"
}
