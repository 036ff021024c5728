import type { CommandResult } from '../../../remote/types.ts'
import { TaggedLines } from '../host/tagged-lines.ts'
import { HOST } from '../layout.ts'
import { UNFINISHED } from '../transaction/unfinished.ts'
import { plainText } from './plain-text.ts'
import { parseResultFile, type ResultFile } from './result-file.ts'

/** There from the moment the reboot was asked for until the boot ends; readable by all, so that any login can tell. */
export const REBOOT_MARK = '/run/upgrade-push.reboot'
/** Why the reboot was refused. */
export const REBOOT_ERROR = '/run/upgrade-push.reboot.error'

/** A system that answers at the host's address: the old one or the new one, and how far it is. */
export interface SystemSight {
  readonly bootId: string
  readonly machineId: string
  readonly kernel: string
  /** ID and VERSION_ID of os-release. */
  readonly distribution: string
  readonly release: string
  /** The reboot into the upgrade was asked for in this boot. */
  readonly rebooting: boolean
  readonly rebootError: string | undefined
  readonly result: ResultFile | undefined
  /** ActiveState of the resume service; `absent` once it removed itself. */
  readonly resumeService: string
  /** Digest of plan.sums; undefined when there is no plan. */
  readonly plan: string | undefined
  /** Packages were changed, and not all that were to be: the system that runs is part old and part new. */
  readonly unfinished: boolean
}

/** Wants root: the results are root's alone. */
export const SYSTEM_SIGHT = `
${UNFINISHED}
! unfinished || echo '@unfinished'
printf '@boot\\t%s\\n@machine\\t%s\\n@kernel\\t%s\\n' "$(cat /proc/sys/kernel/random/boot_id)" "$(cat /etc/machine-id 2>/dev/null)" "$(uname -r)"
[ ! -e ${REBOOT_MARK} ] || echo '@rebooting'
grep -a -s -H '' /etc/os-release ${REBOOT_ERROR} ${HOST.result}
state=absent
for unit in /etc/systemd/system/upgrade-resume.service /usr/lib/systemd/system/upgrade-resume.service; do
  [ ! -e $unit ] || state=$(systemctl show -p ActiveState --value upgrade-resume.service 2>/dev/null)
done
printf '@resume\\t%s\\n' "$state"
[ ! -f ${HOST.state}/plan.sums ] || printf '@plan\\t%s\\n' "$(sha256sum <${HOST.state}/plan.sums | cut -c1-64)"
:`

export function parseSystemSight({ stdout }: CommandResult): SystemSight {
  const output = new TaggedLines(stdout)
  const field = (tag: string) => output.tagged(tag)[0]?.[0] ?? ''
  const osRelease = new Map(
    (output.lines('/etc/os-release') ?? []).flatMap((line): [string, string][] => {
      const equals = line.indexOf('=')
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2')]]
    }),
  )
  const error = output.lines(REBOOT_ERROR)?.join(' ')
  return {
    bootId: field('boot'),
    machineId: field('machine'),
    kernel: plainText(field('kernel'), 100),
    distribution: plainText(osRelease.get('ID') ?? '', 60),
    release: plainText(osRelease.get('VERSION_ID') ?? '', 60),
    rebooting: output.tagged('rebooting').length > 0,
    rebootError: error?.trim() ? plainText(error) : undefined,
    result: parseResultFile(output.lines(HOST.result)?.join('\n')),
    resumeService: plainText(field('resume'), 40) || 'absent',
    plan: /^[0-9a-f]{64}$/.test(field('plan')) ? field('plan') : undefined,
    unfinished: output.tagged('unfinished').length > 0,
  }
}
