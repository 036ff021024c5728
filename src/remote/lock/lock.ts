import { assign } from '../quote.ts'
import { lastLine, sanitise } from '../sanitise.ts'
import { STATE_DIR } from '../state.ts'
import { type LockOutcome, type LockOwner, RemoteError } from '../types.ts'
import type { FrameShell } from '../wire/shell.ts'
import { formatHolder, isDead, type LockHolder, parseHolder } from './holder.ts'

/** Exit code: somebody else was faster. */
const RACED = 20

const READ = `cat ${STATE_DIR}/lock 2>/dev/null; exit 0`

/** Everything that changes the lock happens while the kernel's lock on `mutex` is held; it is freed even when its holder is killed. */
const ALONE = `cd ${STATE_DIR} || exit 1
command -v flock >/dev/null || { echo "flock (util-linux) is not installed" >&2; exit 1; }
exec 9>mutex && flock -w 20 9 || { echo "the mutex is held" >&2; exit 1; }
current=
if [ -f lock ]; then
  read -r first <lock || :
  current=\${first#token=}
  [ -z "$first" ] || case $current in ''|*[!0-9]*) current=0;; esac
fi
`

/**
 * With $expected the token that the lock was seen to carry (0: damaged, empty: no lock) and $holder: takes it, unless it changed hands meanwhile.
 * The file `token` keeps the highest token ever given, so that tokens grow also after the lock was given back.
 */
const TAKE = `umask 077
mkdir -p ${STATE_DIR} && chmod 700 ${STATE_DIR} || exit 1
${ALONE}[ "$current" = "$expected" ] || exit ${RACED}
highest=0
[ ! -f token ] || read -r highest <token || :
case $highest in ''|*[!0-9]*) highest=0;; esac
[ "\${current:-0}" -le $highest ] || highest=$current
token=$((highest + 1))
keep() { sync "$1.new" 2>/dev/null; mv -f "$1.new" "$1"; }
give_up() {
  rm -f token.new lock.new
  set -- $(df -Pk . | tail -n 1)
  case \${4:-x} in *[!0-9]*) ;; *) [ $4 -ge 64 ] || echo "no space left: $6 has $4 of $2 KiB free" >&2;; esac
  exit 1
}
echo $token >token.new && keep token || give_up
{ echo "token=$token" && printf %s "$holder"; } >lock.new && keep lock || give_up
echo $token`

/** With $token: gives the lock back, if it still carries it. */
const RELEASE = `${ALONE}[ "$current" != "$token" ] || rm -f lock`

const TIMEOUT_MS = 30_000

/** Takes the host's lock, or takes it over from a run that is dead (or anyhow, with `force`). Rejects with RemoteError. */
export async function takeLock(host: string, shell: FrameShell, owner: LockOwner): Promise<LockOutcome> {
  const body = formatHolder(owner, new Date().toISOString())
  for (let attempt = 0; attempt < 5; attempt++) {
    const holder = parseHolder((await run(shell, READ)).stdout.toString())
    if (holder?.run === owner.run && samePlace(holder, owner)) return { kind: 'taken', token: holder.token }
    if (holder && !owner.force && !isDead(holder, owner.who)) {
      return {
        kind: 'held',
        by: sanitise(holder.who, 100),
        run: sanitise(holder.run, 100),
        since: sanitise(holder.since, 40),
      }
    }
    const variables = { holder: body, expected: holder ? holder.token : '' }
    const { code, stdout, stderr } = await run(shell, assign(variables) + TAKE)
    const token = Number(stdout.toString())
    if (code === 0 && Number.isSafeInteger(token) && token > 0) {
      return {
        kind: 'taken',
        token,
        tookOverFrom: holder && `${sanitise(holder.run, 100)} of ${sanitise(holder.who, 100)}`,
      }
    }
    if (code !== RACED) {
      const why = lastLine(stderr.toString()) || `code ${code}`
      throw new RemoteError(
        'upload',
        host,
        `the lock in ${STATE_DIR} can't be taken: ${why}`,
        'is /var full or read-only?',
      )
    }
  }
  throw new RemoteError('timeout', host, 'the lock was taken by others again and again', 'run again')
}

/** Gives the lock back, if it is still ours. */
export async function releaseLock(shell: FrameShell, token: number): Promise<void> {
  await run(shell, assign({ token }) + RELEASE)
}

function samePlace(holder: LockHolder, { process }: LockOwner): boolean {
  return holder.bootId === process.bootId && holder.pid === process.pid && holder.startTime === process.startTime
}

async function run(shell: FrameShell, script: string) {
  const [result] = await shell.send([{ script, stop: false, timeoutMs: TIMEOUT_MS }], 64 * 1024)
  if (!result) throw new Error('a frame of one section has one result')
  return result
}
