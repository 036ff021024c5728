import { assign } from '../../../remote/quote.ts'
import { HOST } from '../layout.ts'
import { REBOOT_ERROR, REBOOT_MARK } from './system-sight.ts'

/** What the host was before its upgrade; kept on it, beside the result, for whoever verifies the new system. */
export const BEFORE_FILE = `${HOST.state}/result/before`

/** Writes BEFORE_FILE, with $run: lines of `key value`. Written beside, synced, renamed. */
const NOTE_BEFORE = `(
umask 077
mkdir -p ${HOST.state}/result || exit 1
{
  printf 'run %s\\n' "$run"
  printf 'boot %s\\n' "$(cat /proc/sys/kernel/random/boot_id)"
  printf 'machine %s\\n' "$(cat /etc/machine-id 2>/dev/null)"
  printf 'kernel %s\\n' "$(uname -r)"
  cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null | while read -r type key _; do printf 'hostkey %s %s\\n' "$type" "$key"; done
  systemctl list-units --failed --plain --no-legend --no-pager 2>/dev/null | while read -r unit _; do printf 'failed %s\\n' "$unit"; done
} >${BEFORE_FILE}.new && sync ${BEFORE_FILE}.new && mv -f ${BEFORE_FILE}.new ${BEFORE_FILE} && sync ${HOST.state}/result
) || { echo "${BEFORE_FILE} can't be written: is /var full?" >&2; exit 1; }
`

/**
 * Asks for the reboot and returns at once, so that the answer still comes through. The mark tells every run that this boot is on its way
 * down; a reboot that is refused takes it back and leaves the reason. The delayed part holds no variables: systemd would expand them.
 */
const REBOOT = `
rm -f ${REBOOT_ERROR}
printf '%s\\n' "$run" >${REBOOT_MARK} && chmod 644 ${REBOOT_MARK} || { echo "${REBOOT_MARK} can't be written" >&2; exit 1; }
go='sleep 2
if systemctl reboot >${REBOOT_ERROR}.new 2>&1; then rm -f ${REBOOT_ERROR}.new; exit; fi
echo "systemctl reboot failed" >>${REBOOT_ERROR}.new
mv -f ${REBOOT_ERROR}.new ${REBOOT_ERROR}
rm -f ${REBOOT_MARK}'
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
  systemd-run --quiet --collect --unit=upgrade-push-reboot /bin/sh -c "$go"
else
  setsid /bin/sh -c "$go" </dev/null >/dev/null 2>&1 &
fi
`

export function noteBeforeScript(run: string): string {
  return assign({ run }) + NOTE_BEFORE
}

export function rebootScript(run: string): string {
  return assign({ run }) + REBOOT
}
