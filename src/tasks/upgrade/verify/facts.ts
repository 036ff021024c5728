import { quote } from '../../../remote/quote.ts'
import { type Probe, ProbeError } from '../../contract.ts'
import { BEFORE_FILE } from '../follow/start-script.ts'
import { parseSystemSight, SYSTEM_SIGHT, type SystemSight } from '../follow/system-sight.ts'
import { TaggedLines } from '../host/tagged-lines.ts'
import { HOST, STATE } from '../layout.ts'
import { ENTRIES, ENTRY_FILE, RECOVERY_ID } from '../loaders/paths.ts'

/** What the host was when its upgrade was armed. */
export interface Before {
  readonly run: string
  readonly bootId: string
  readonly machineId: string
  readonly kernel: string
  /** `type key` of each host key. */
  readonly hostKeys: readonly string[]
  readonly failedUnits: readonly string[]
}

/** Everything that tells whether an upgrade did what it should. */
export interface VerifyFacts {
  readonly sight: SystemSight
  /** Undefined when nothing was noted: somebody else began the upgrade. */
  readonly before: Before | undefined
  readonly hostKeys: readonly string[]
  readonly failedUnits: readonly string[]
  /** ActiveState by unit. */
  readonly services: { readonly [unit: string]: string }
  /** Installed packages as name-[epoch:]version-release.arch. */
  readonly packages: readonly string[]
  /** `uname -r` names of installed kernels that belong to a package, with that package. */
  readonly kernels: readonly { readonly release: string; readonly package: string }[]
  /** Actions of the plan that was carried out. */
  readonly plan: readonly { readonly action: string; readonly package: string }[]
  /** Files of the upgrade that should be gone. */
  readonly remains: readonly string[]
}

const PACKAGE = '%{NAME}-%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}.%{ARCH}'

const SCRIPT = `[ -e ${HOST.result} ] || exit 0
${SYSTEM_SIGHT}
grep -a -s -H '' ${BEFORE_FILE}
cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null | while read -r type key _; do printf '@hostkey\\t%s %s\\n' "$type" "$key"; done
systemctl list-units --failed --plain --no-legend --no-pager 2>/dev/null | while read -r unit _; do printf '@failed\\t%s\\n' "$unit"; done
for unit in $services; do printf '@service\\t%s\\t%s\\n' "$unit" "$(systemctl show -p ActiveState --value -- "$unit" 2>/dev/null)"; done
rpm -qa --qf '@rpm\\t${PACKAGE}\\n'
for image in /lib/modules/*/vmlinuz; do
  [ -f "$image" ] || continue
  package=$(rpm -qf --qf '${PACKAGE}\\n' "$image" 2>/dev/null) || continue
  dir=\${image%/vmlinuz}
  printf '@kernel-installed\\t%s\\t%s\\n' "\${dir##*/}" "$package"
done
for plan in ${STATE}/result/plan.json ${STATE}/plan.json; do
  [ -f $plan ] || continue
  grep -o '"action":"[a-z]*","nevra":"[^"]*"' $plan | sed 's/"action":"\\(.*\\)","nevra":"\\(.*\\)"/@plan\\t\\1\\t\\2/'
  break
done
for file in /boot/vmlinuz-upgrade.* /boot/initramfs-upgrade.*.img /boot/.vmlinuz-upgrade.*.hmac ${ENTRIES}/${ENTRY_FILE} ${ENTRIES}/${RECOVERY_ID}.conf \\
  ${HOST.target} ${HOST.artifacts} ${STATE}/packages /etc/systemd/system/upgrade-resume.service; do
  [ ! -e "$file" ] || printf '@remains\\t%s\\n' "$file"
done
:`

/** @param services units whose state is asked for; names without anything that a shell or systemctl could misread. */
export function verifyProbe(services: readonly string[]): Probe<VerifyFacts | undefined> {
  return {
    id: `upgrade-push/verify ${services.join(' ')}`,
    script: `services=${quote(services.join(' '))}\n${SCRIPT}`,
    reads: ['*'],
    parse(output) {
      if (output.stdout.trim() === '') return undefined
      if (output.truncated) throw new ProbeError('the list of packages is too long to be read')
      const lines = new TaggedLines(output.stdout)
      const column = (tag: string) => lines.tagged(tag).map(([field = '']) => field)
      return {
        sight: parseSystemSight(output),
        before: beforeOf(lines.lines(BEFORE_FILE)),
        hostKeys: column('hostkey'),
        failedUnits: column('failed'),
        services: Object.fromEntries(lines.tagged('service').map(([unit = '', state = '']) => [unit, state])),
        packages: column('rpm').map(withoutZeroEpoch),
        kernels: lines
          .tagged('kernel-installed')
          .map(([release = '', name = '']) => ({ release, package: withoutZeroEpoch(name) })),
        plan: lines.tagged('plan').map(([action = '', name = '']) => ({ action, package: withoutZeroEpoch(name) })),
        remains: column('remains'),
      }
    },
  }
}

/** dnf leaves an epoch of 0 out, rpm prints it where a package says it. */
function withoutZeroEpoch(name: string): string {
  return name.replace(/-0:(?=[^:]*$)/, '-')
}

function beforeOf(lines: readonly string[] | undefined): Before | undefined {
  if (!lines) return undefined
  const of = (key: string) => lines.flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []))
  const one = (key: string) => of(key)[0] ?? ''
  return {
    run: one('run'),
    bootId: one('boot'),
    machineId: one('machine'),
    kernel: one('kernel'),
    hostKeys: of('hostkey'),
    failedUnits: of('failed'),
  }
}
