import type { CommandResult } from '../../remote/types.ts'
import type { Probe } from '../contract.ts'
import { HOST, STATE } from './layout.ts'

/** Hooks that the recovery entry brings along, below /etc/kernel/install.d: see assets/steer/grub-bls.sh. */
export const HOOKS = '/etc/kernel/install.d/*-zz-upgrade-push.install'

/** What of an upgrade lies on a host, the loader and /boot apart. */
export interface RemainsFact {
  /** Names below the state folder, without the lock's files. */
  readonly state: readonly string[]
  /** A recovery entry is, or may be, the default. */
  readonly recovery: boolean
  /** Kernel hooks of ours are there. */
  readonly hooks: boolean
  /** The first package may have changed: the marker says so, or the transaction's own journal. */
  readonly changed: boolean
  /** This is the upgrade's initramfs. */
  readonly initramfs: boolean
}

/** The lock's files: they belong to whoever works on the host. */
const LOCK = ['lock', 'token', 'mutex']

export const remainsProbe: Probe<RemainsFact> = {
  id: 'upgrade-push/remains',
  script: `[ ! -d ${STATE} ] || find ${STATE} -mindepth 1 -maxdepth 1 -printf 'state %f\\n'
[ ! -e ${HOST.steer.replace(/steer$/, 'before')} ] || echo recovery
for hook in ${HOOKS}; do [ ! -e "$hook" ] || echo hooks; done
if [ -e ${HOST.changed} ] || grep -q -s '"first-change"' ${HOST.journal}; then echo changed; fi
[ ! -e /etc/initrd-release ] || [ ! -d /sysroot ] || echo initramfs
:`,
  reads: [`tree:${STATE}`, 'tree:/etc/kernel/install.d'],
  parse({ stdout }: CommandResult) {
    const lines = stdout.split('\n')
    return {
      state: lines
        .filter((line) => line.startsWith('state '))
        .map((line) => line.slice('state '.length))
        .filter((name) => !LOCK.includes(name))
        .sort(),
      recovery: lines.includes('recovery'),
      hooks: lines.includes('hooks'),
      changed: lines.includes('changed'),
      initramfs: lines.includes('initramfs'),
    }
  },
}
