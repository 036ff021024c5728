import { quote } from '../../../remote/quote.ts'
import { FILL_ROOM, INSTALL_ROOT, MAKE_ROOM, ROOM } from '../../../remote/room.ts'
import type { Probe, Resource } from '../../contract.ts'
import { RPMDB_DIGEST } from '../container/probe.ts'
import { HOST, STATE } from '../layout.ts'
import { CURRENT_INPUTS, STAGE_ENVIRONMENT } from './current-inputs.ts'
import { type PlanFact, parsePlanFact } from './plan-fact.ts'
import { type ProgramFiles, writeProgram } from './plugin-files.ts'
import { FROZEN } from './stage-script.ts'
import { TRANSACTION_SCRIPT_INSIDE } from './transaction-script.ts'

const READS: readonly Resource[] = [
  `path:${HOST.targetManifest}`,
  `tree:${HOST.target}`,
  `path:${HOST.planSums}`,
  ...FROZEN.map((part) => `tree:${STATE}/${part}` as const),
  'tree:/var/lib/rpm',
  'tree:/usr/lib/sysimage/rpm',
]

export interface AskedPlan {
  /** Text of transaction.json, as the plugin's first stage reads it. */
  readonly request: string
  /** Digest of what the controller brings to the transaction. */
  readonly asked: string
  /** Look at the repositories' present state too. */
  readonly refresh: boolean
}

/**
 * The frozen plan, when it is what is asked for and fits the host as it is now. Otherwise the plan as it would be made, by the container's
 * own dnf: in the room of a check's sandbox, or in one like it, where all but scratch space in memory is read-only.
 */
export function planProbe({ request, asked, refresh }: AskedPlan, program: ProgramFiles): Probe<PlanFact> {
  const plan = [requestFunction(request), programFunction(program), FILL_ROOM, DRAFT].join('\n')
  return {
    id: `upgrade.transaction.${asked}.${refresh}`,
    script: `${FOLDERS}
${RPMDB_DIGEST}
ASKED=${asked}
${CURRENT_INPUTS}
${LOOK}
${refresh ? '' : '[ -n "$reasons" ] || exit 0'}
export container rpmdb transaction release home have
if [ -n "\${${ROOM.variable}-}" ]; then
  export room=${ROOM.root} work=${ROOM.work}
  sh -c ${quote(`${FOLDERS}\n${plan}`)} </dev/null 2>&1 || echo 'blind'
elif unshare --mount true 2>/dev/null; then
  export work=$(mktemp -d)
  unshare --mount --propagation private -- sh -c ${quote([FOLDERS, MAKE_ROOM, ROOM_OF_OWN, plan].join('\n'))} </dev/null 2>&1 || echo 'blind'
  rmdir "$work"
else
  cat ${ROOM.work}/why 2>/dev/null
  echo 'blind'
fi`,
    reads: READS,
    parse: parsePlanFact,
  }
}

const FOLDERS = `export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
S=${STATE} T=${HOST.target}`

const requestFunction = (request: string): string => `request() { printf '%s\\n' ${quote(request)}; }`
const programFunction = (program: ProgramFiles): string => `program() { ${writeProgram(program, '"$1"')}; }`

// Prints the frozen plan's first line, and why it does not hold: one reason a line.
const LOOK = `[ -d "$T" ] && current_inputs && [ -n "$container" ] || { echo 'none'; exit 0; }
head=$(head -n 1 ${HOST.plan} 2>/dev/null)
[ -z "$head" ] || printf 'frozen %s\\n' "$head"
reasons=
because() { reasons=1; printf 'reason %s\\n' "$1"; }
differs() { case $head in *"$1"*) return 1 ;; esac; }
if [ -z "$head" ]; then because 'there is no plan yet'
elif [ ! -f ${HOST.planSums} ]; then because 'the last one was not finished, or what it covers has changed'
else
  ! differs "\\"container\\":\\"$container\\"" || because 'the container is another one'
  ! differs "\\"rpmdb\\":\\"$rpmdb\\"" || because "the host's packages have changed"
  ! differs "\\"transaction\\":\\"$transaction\\"" || because 'something else is asked for'
  ! differs '"dryRun":{' || because 'its dry run did not pass'
  if [ -z "$reasons" ]; then
    wrong=$(cd "$S" && {
      { for part in ${FROZEN.join(' ')}; do [ ! -e "$part" ] || find "$part" -type f; done; sed 's/^[0-9a-f]*  //' plan.sums; } |
        sort | uniq -u | sed 's/$/ is missing, or no part of the plan/'
      sha256sum -c --quiet plan.sums 2>/dev/null | sed -n 's/: FAILED.*/ is not what was frozen/p'
    } | head -n 1)
    [ -z "$wrong" ] || because "$wrong"
  fi
fi`

// Outside of a check: the same, and as little can be written.
const ROOM_OF_OWN = `mount -t tmpfs -o mode=700 tmpfs "$work" && mkdir "$work/state" "$work/room" && room=$work/room && make_room "$room" "$work" &&
while read -r id parent device root where options rest; do
  case $where in *\\\\*) where=$(printf '%b' "$(printf '%s' "$where" | sed 's/\\\\/\\\\0/g')") ;; esac
  case $where in
    "$room${INSTALL_ROOT}$S" | "$room${INSTALL_ROOT}"*/rpm | "$room${INSTALL_ROOT}/var/lib/dnf") continue ;;
    "$room"/*) ;;
    *) continue ;;
  esac
  case $options in rw | rw,*) mount -o "remount,bind,ro\${options#rw}" "$where" || exit 1 ;; esac
done </proc/self/mountinfo || exit 1`

const DRAFT = `draft() {
  state=$work/state
  rm -rf "$state"/* && mkdir -p "$state/dnf/log" "$state/dnf/transaction" && cp ${HOST.targetManifest} "$state/" &&
    request >"$state/transaction.json" && program "$state" || return 1
  # The metadata alone: the packages beside it may be big.
  [ ! -d "$S/dnf/cache" ] ||
    (cd "$S/dnf/cache" && find . -name packages -prune -o -type f -print0 | xargs -0 -r cp --parents -t "$state/dnf/transaction") || return 1
  fill_room "$room" "$work" || return 1
  [ ! -w "$room${INSTALL_ROOT}" ] && [ ! -w "$room/usr" ] || { echo 'the view of the host can be written'; return 1; }
}
draft || { echo 'blind'; exit 0; }
in_room "$room" ${STAGE_ENVIRONMENT} /bin/sh ${TRANSACTION_SCRIPT_INSIDE} check >"$work/said" 2>&1
code=$?
echo "code $code"
if [ -f "$state/plan.json" ]; then
  printf 'draft %s\\n' "$(head -n 1 "$state/plan.json")"
  sed -n 's/^{"action":"\\([^"]*\\)","nevra":"\\([^"]*\\)","replaces":\\[\\([^]]*\\)\\].*/item \\1 \\2 \\3/p' "$state/plan.json"
fi
[ "$code" = 0 ] || tail -n 60 "$work/said" | sed 's/^/said /'`
