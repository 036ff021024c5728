import { HOST_MOUNTS } from '../../../remote/types.ts'
import type { Probe } from '../../contract.ts'
import { parseFstab } from '../host/tables.ts'

/** The host's fstab, line by line. */
export const fstabProbe: Probe<readonly string[]> = {
  id: 'upgrade.fstab',
  script: 'cat /etc/fstab 2>/dev/null || :',
  reads: ['path:/etc/fstab'],
  parse: ({ stdout }) => stdout.split('\n').filter((line) => line.trim() !== ''),
}

/**
 * Mount points of fstab at which something is mounted, an automount that nobody touched yet among them. A host may have thousands of
 * others. Both files write a point alike; the answer has the form of an fstab.
 */
export const mountedProbe: Probe<readonly string[]> = {
  id: 'upgrade.mounted',
  script: `awk 'NR == FNR { sub(/[/]+$/, "", $2); wanted[$2] = 1; next } $5 in wanted { print "-", $5 }' /etc/fstab "\${${HOST_MOUNTS.mountinfo.variable}:-/proc/self/mountinfo}" 2>/dev/null || :`,
  reads: ['path:/etc/fstab'],
  parse: ({ stdout }) => parseFstab(stdout.split('\n')).map(({ file }) => file),
}
