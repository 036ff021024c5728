import { FENCED, fenceScript } from '../fence.ts'
import { STATE_DIR } from '../state.ts'

/** Where the job of a name lives on the host. */
export function jobDir(name: string): string {
  return `${STATE_DIR}/jobs/${name}`
}

/** Whether the process that the `process` file names is still that process. Leaves $pid, $group set. */
const ALIVE = `alive() {
  boot= pid= start= group=
  { read -r boot; read -r pid; read -r start; read -r group; } 2>/dev/null <process || return 1
  [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] || return 1
  { read -r stat; } 2>/dev/null </proc/$pid/stat || return 1
  set -- \${stat##*) }
  [ "$1" != Z ] && [ "\${20}" = "$start" ]
}
`

/** Begins the last line on stderr of a job that failed while the disk was full: its own last words may have had no room. */
export const DISK_FULL = 'No space left on device: '
/** A file system with less than this is full. */
const FULL_KIB = 1024
/**
 * Room that a job's streams hold from the start, beyond what they contain: a command that fails because the disk is full says why just then,
 * and its words would be the next that find no room. Where the file system can't do that, the job goes without.
 */
const STREAM_ROOM = '256KiB'

/**
 * Runs on the host, detached, as \`sh run\` in the job's directory: leaves its identity, runs the script, leaves its exit code last. START set
 * room aside for both the code, which is written over a placeholder, and a line about a full disk.
 */
export function runner(token: number | undefined): string {
  return `exec </dev/null >stdout 2>stderr
for stream in stdout stderr; do fallocate -n -l ${STREAM_ROOM} $stream; done 2>/dev/null
read -r stat </proc/$$/stat
set -- \${stat##*) }
{ cat /proc/sys/kernel/random/boot_id; echo $$; echo \${20}; echo $3; } >process.new && mv -f process.new process
finish() {
  rm -f reserve
  if [ "$1" != 0 ]; then
    set -- "$1" $(df -Pk . | tail -n 1)
    case \${5:-x} in *[!0-9]*) ;; *) [ $5 -ge ${FULL_KIB} ] || echo "${DISK_FULL}$7 has $5 of $3 KiB free" >&2;; esac
  fi
  printf '%03d\\n' "$1" 1<>exit.new
  sync exit.new stdout stderr 2>/dev/null || sync
  mv -f exit.new exit
  exit 0
}
${token === undefined ? '' : `( ${fenceScript(token)} ) || finish ${FENCED}\n`}umask 022
/bin/sh ./script
finish $?
`
}

/**
 * With $name, $dir, $inputs, $seconds, $runner and the script on stdin: starts the job. It runs under systemd where that is process 1, else in a
 * session of its own. A lock on the file \`flock\`, held by the job and its children, makes sure that there is only one. Returns once the job runs.
 */
export const START = `umask 077
mkdir -p "$dir" && chmod 700 "$dir" && cd "$dir" || exit 1
rm -f script run inputs process exit exit.new reserve collected stdout stderr begun
cat >script && printf %s "$runner" >run && echo "$inputs" >inputs && date +%s >begun && : >stdout && : >stderr &&
  head -c 16384 /dev/zero >reserve && echo 125 >exit.new || { rm -f reserve; echo "no room for its files: $(df -Pk . | tail -n 1)" >&2; exit 1; }
guard=; limit=
command -v flock >/dev/null && guard="flock -n flock"
command -v timeout >/dev/null && limit="timeout -k 10 $seconds"
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
  systemctl reset-failed "upgrade-push-$name.service" >/dev/null 2>&1
  systemd-run --quiet --collect --unit="upgrade-push-$name" -p WorkingDirectory="$dir" -p RuntimeMaxSec="$seconds" -p TimeoutStopSec=15 \\
    $guard /bin/sh run </dev/null || exit 1
else
  command -v setsid >/dev/null || { echo "setsid (util-linux) is not installed" >&2; exit 1; }
  setsid $guard $limit /bin/sh run </dev/null >/dev/null 2>&1 &
fi
tries=0
while [ ! -f process ] && [ ! -f exit ]; do
  tries=$((tries + 1))
  [ $tries -le 100 ] || { echo "it did not start within 10 s" >&2; exit 1; }
  sleep 0.1 2>/dev/null || sleep 1
done`

/**
 * With $dir, $out, $err (offsets, or -1 for the last $cap bytes) and $cap: a line \`state code inputs collected elapsed out out_size err err_size\`,
 * where out and err are the offsets that the pieces begin at, then a piece of the job's stdout on stdout and of its stderr on stderr.
 */
export const POLL = `${ALIVE}cd "$dir" 2>/dev/null || { echo none; exit 0; }
inputs=-; code=-; collected=-; state=dead; begun=
{ read -r inputs <inputs; read -r begun <begun; } 2>/dev/null
[ ! -f collected ] || collected=yes
if [ -f exit ]; then read -r code <exit; state=exited; elif alive; then state=running; elif [ -f exit ]; then read -r code <exit; state=exited; fi
case $state:$code in exited:|exited:*[!0-9]*) code=125;; esac
now=$(date +%s)
size() { if [ -f "$1" ]; then wc -c <"$1"; else echo 0; fi; }
outs=$(($(size stdout))); errs=$(($(size stderr)))
[ "$out" != -1 ] || { out=$((outs - cap)); [ $out -gt 0 ] || out=0; }
[ "$err" != -1 ] || { err=$((errs - cap)); [ $err -gt 0 ] || err=0; }
echo "$state $code \${inputs:--} $collected $((now - \${begun:-$now})) $out $outs $err $errs"
piece() {
  count=$(($3 - $2)); [ $count -le $cap ] || count=$cap
  [ $count -le 0 ] || tail -c +$(($2 + 1)) "$1" | head -c $count
}
piece stdout $out $outs
piece stderr $err $errs >&2`

/** With $name and $dir: stops the job and all that it started; fails when something of it survives. */
export const STOP = `${ALIVE}cd "$dir" 2>/dev/null || exit 0
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then systemctl stop "upgrade-push-$name.service" >/dev/null 2>&1; fi
if alive; then
  kill -s TERM -- -"$group" 2>/dev/null
  tries=0
  while alive && [ $tries -lt 50 ]; do tries=$((tries + 1)); sleep 0.2 2>/dev/null || sleep 1; done
  kill -s KILL -- -"$group" 2>/dev/null
fi
if command -v flock >/dev/null && [ -f flock ]; then
  tries=0
  until flock -n flock true; do
    tries=$((tries + 1))
    [ $tries -le 25 ] || { echo "something that it started still runs" >&2; exit 1; }
    [ $tries -ne 10 ] || { alive || [ -z "$group" ] || kill -s KILL -- -"$group" 2>/dev/null; }
    sleep 0.2 2>/dev/null || sleep 1
  done
fi
rm -f exit.new reserve`

/**
 * With $keep the name of a job, or empty: stops every other one. A run does so before its first change, as whatever an earlier run left
 * running would go on changing the host under its hands; the job that it wants itself it may adopt.
 */
export const STOP_OTHERS = `for job in ${STATE_DIR}/jobs/*/; do
  [ -d "$job" ] || continue
  dir=\${job%/}; name=\${dir##*/}
  [ "$name" = "$keep" ] || (
${STOP}
  ) || exit 1
done`

/** With $dir: the result was delivered. */
export const COLLECT = `: >"$dir/collected"`
