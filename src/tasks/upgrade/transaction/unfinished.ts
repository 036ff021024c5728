import { HOST } from '../layout.ts'

/** What is said of such a host. */
export const BEGUN = 'a transaction of this host was begun and not completed: resume it first'
/** What to do about it. */
export const RESUME = 'boot the recovery entry (it is the default), then run the playbook with -e resume=true'

/** There while the recovery entry is the default: see assets/steer/recovery.sh. */
const RECOVERY = HOST.steer.replace(/steer$/, 'before')

/**
 * `unfinished`: is this host half-replaced, so that only `upgrade-resume` can help it? Our marker or the transaction's journal says so, either
 * of which a full disk may have kept from being written. Not where nothing is left to resume: the transaction is complete and the final steps
 * took the recovery entry away, or this very plan's result says `upgraded`. A result may be an earlier upgrade's.
 */
export const UNFINISHED = `unfinished() {
  [ -e ${HOST.changed} ] || grep -q -s '"event": "first-change"' ${HOST.journal} || return 1
  [ -e ${RECOVERY} ] || ! tail -n 1 ${HOST.journal} 2>/dev/null | grep -q '"event": "complete"' || return 1
  grep -q -s '"outcome": "upgraded"' ${HOST.result} || return 0
  for plan in $(sed -n 's/^plan //p' ${HOST.changed} 2>/dev/null) $([ ! -f ${HOST.planSums} ] || sha256sum <${HOST.planSums} | cut -c1-64); do
    grep -q -F -e "\\"$plan\\"" ${HOST.result} || return 0
  done
  return 1
}`
