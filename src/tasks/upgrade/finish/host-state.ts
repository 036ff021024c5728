import type { Probe } from '../../contract.ts'

/** What the final steps must know of the old system, and can't see any more when they run. */
export interface HostState {
  /** Releases of the installed kernels, sorted. */
  readonly kernels: readonly string[]
  /** Release of the running kernel. */
  readonly booted: string
  /** What the configuration says of the next boot; `disabled` also where the kernel has it switched off. */
  readonly selinux: 'enforcing' | 'permissive' | 'disabled'
  /** Links below /etc/systemd/system that already point nowhere, sorted. */
  readonly danglingLinks: readonly string[]
  /** Services that are enabled or disabled, sorted by name. */
  readonly services: readonly { readonly name: string; readonly was: ServiceWas }[]
}

/**
 * What became of a service on the old system: `enabled`; `disabled` by somebody, against the distribution's preset or where the
 * preset can't be told; `undecided`: it is as the distribution has it by default, disabled.
 */
export type ServiceWas = 'enabled' | 'disabled' | 'undecided'

export const hostStateProbe: Probe<HostState> = {
  id: 'upgrade.finish.host-state',
  script: `echo "booted $(uname -r)"
for image in /lib/modules/*/vmlinuz; do
  [ ! -f "$image" ] || { image=\${image%/vmlinuz}; echo "kernel \${image##*/}"; }
done
if [ -e /sys/fs/selinux/enforce ]; then
  echo "selinux $(sed -n 's/^[[:space:]]*SELINUX=[[:space:]]*\\([a-z]*\\).*/\\1/p' /etc/selinux/config 2>/dev/null | tail -n 1)"
fi
SYSTEMD_OFFLINE=1 systemctl --root=/ list-unit-files --type=service --no-legend --no-pager 2>/dev/null |
  while read -r unit state preset; do echo "service $state/$preset $unit"; done
find /etc/systemd/system -type l ! -name '*[[:cntrl:]]*' 2>/dev/null | while IFS= read -r link; do
  [ -e "$link" ] || echo "dangling $link"
done`,
  reads: [
    'tree:/lib/modules',
    'tree:/usr/lib/modules',
    'path:/etc/selinux/config',
    'tree:/etc/systemd/system',
    'tree:/usr/lib/systemd/system',
    'tree:/usr/lib/systemd/system-preset',
    'tree:/etc/systemd/system-preset',
  ],
  parse({ stdout }) {
    const all = (word: string): string[] =>
      stdout
        .split('\n')
        .filter((line) => line.startsWith(`${word} `))
        .map((line) => line.slice(word.length + 1))
    const configured = all('selinux')[0]
    return {
      kernels: all('kernel').sort(),
      booted: all('booted')[0] ?? '',
      selinux:
        configured === undefined || configured === 'disabled'
          ? 'disabled'
          : configured === 'enforcing'
            ? 'enforcing'
            : 'permissive',
      danglingLinks: all('dangling').sort(),
      services: all('service')
        .flatMap(serviceOf)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    }
  },
}

/** libvirt's one service becomes many in newer releases, and its own packages decide which. */
const LEFT_ALONE = /^(libvirt.*|virt.*d)\.service$/

/** `STATE/PRESET NAME`; systemd 239 tells no preset. Templates have no state of their own. */
function serviceOf(line: string): { name: string; was: ServiceWas }[] {
  const [states = '', name = ''] = line.split(' ')
  const [state, preset] = states.split('/')
  if (!/^[A-Za-z0-9:_.\\@-]+\.service$/.test(name) || name.includes('@.') || LEFT_ALONE.test(name)) return []
  if (state === 'enabled') return [{ name, was: 'enabled' }]
  if (state !== 'disabled') return []
  return [{ name, was: preset === 'disabled' ? 'undecided' : 'disabled' }]
}
