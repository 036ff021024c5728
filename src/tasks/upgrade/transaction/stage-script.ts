import { quote } from '../../../remote/quote.ts'
import { FILL_ROOM, MAKE_ROOM } from '../../../remote/room.ts'
import { FAILED, PHASE } from '../container/install-script.ts'
import { inPrivateNamespaces } from '../container/namespace.ts'
import { RPMDB_DIGEST } from '../container/probe.ts'
import { PUBLISH } from '../container/shell.ts'
import { HOST, STATE } from '../layout.ts'
import { DISARM } from '../loaders/disarm.ts'
import { CURRENT_INPUTS, STAGE_ENVIRONMENT } from './current-inputs.ts'
import { PLUGIN, type ProgramFiles, writeProgram } from './plugin-files.ts'
import { TRANSACTION_SCRIPT_INSIDE } from './transaction-script.ts'
import { BEGUN, UNFINISHED } from './unfinished.ts'

export interface StageSpec {
  /** Text of transaction.json as the plugin's first stage reads it. */
  readonly request: string
  /** Digest of what the controller brings to the transaction: see CURRENT_INPUTS. */
  readonly asked: string
  /** Digest of the container that the plan is for. */
  readonly container: string
}

/** Files that plan.sums covers, relative to the state folder. */
export const FROZEN: readonly string[] = [
  'plan.json',
  'transaction.json',
  'transaction.sh',
  PLUGIN,
  'packages',
  'finish',
]

/**
 * The job that plans, downloads, tests and freezes the transaction, for `Remote.job`. Until its last step there is no plan.sums, without which
 * nothing is ever armed or run: killed at any moment, it leaves a plan that the next run makes anew, from the packages that are here already.
 */
export function stageScript(spec: StageSpec, program: ProgramFiles): string {
  return inPrivateNamespaces([header(spec), prepare(spec, program), stages, freeze].join('\n'))
}

const header = ({ asked }: StageSpec): string => `set -u
umask 077
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
S=${STATE} T=${HOST.target} W=${STATE}/plan.work ASKED=${asked}
phase() { echo '${PHASE}'"$1"; }
fail() { printf '%s%s\\n' '${FAILED}' "$1" >&2; exit 1; }
${RPMDB_DIGEST}
${PUBLISH}
${DISARM}
${UNFINISHED}
${CURRENT_INPUTS}
${MAKE_ROOM}
${FILL_ROOM}`

const prepare = ({ request, container }: StageSpec, program: ProgramFiles): string => `phase 'preparing'
# Before anything goes that a resume would need.
! unfinished || fail '${BEGUN}'
rm -f ${HOST.planSums} && sync "$S" || fail "$S can't be written"
disarm_upgrade || fail 'the upgrade could not be disarmed'
current_inputs
[ "$container" = ${quote(container)} ] || fail 'the container was changed since it was looked at: run again'
rm -rf "$W" ${HOST.journal} ${HOST.plan} "$S/dnf/transaction" "$S/dnf/transaction.new" &&
  mkdir -p "$W" "$S/dnf/log" "$S/dnf/cache" ${HOST.packages} ${HOST.log} || fail "$S can't be written"
# The repositories' state from which the container was made. Links: nothing is written into a file of dnf's cache.
cp -Rl "$S/dnf/cache" "$S/dnf/transaction.new" && mv "$S/dnf/transaction.new" "$S/dnf/transaction" || fail "$S can't be written"
{ ${writeProgram(program)}; } && printf '%s\\n' ${quote(request)} | publish ${HOST.transaction} || fail "$S can't be written"
before=$(rpmdb_digest '')
# In memory, so that removing the folder can never reach what is mounted in it.
mkdir "$W/room" && mount -t tmpfs -o mode=755 tmpfs "$W/room" && mkdir "$W/room/root" &&
  make_room "$W/room/root" "$W" && fill_room "$W/room/root" "$W" || fail 'the container could not be shown the host'`

const stages = `run_stage() {
  in_room "$W/room/root" ${STAGE_ENVIRONMENT} /bin/sh ${TRANSACTION_SCRIPT_INSIDE} "$1" 3>/dev/null && return
  code=$?
  [ "$code" = 20 ] || [ "$code" = 22 ] || echo '${FAILED}'"the stage $1 was cut off (exit code $code)" >&2
  exit 1
}
run_stage check
run_stage download
run_stage dry-run
[ "$(rpmdb_digest '')" = "$before" ] || fail 'packages were installed or removed on the host meanwhile: run again'`

const freeze = `phase 'freezing the plan'
rm -rf "$S/dnf/transaction.new"
sync -f "$S"
(cd "$S" && for part in ${FROZEN.join(' ')}; do [ ! -e "$part" ] || find "$part" -type f; done | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum) |
  publish ${HOST.planSums} || fail "$S can't be written"
umount -R "$W/room" && rm -rf "$W" || fail 'the view of the host could not be taken away'
echo "plan $(sha256sum <${HOST.planSums} | cut -c1-64)"`
