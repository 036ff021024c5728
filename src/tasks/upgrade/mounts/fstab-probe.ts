import type { Probe } from '../../contract.ts'

/** The host's fstab, line by line. */
export const fstabProbe: Probe<readonly string[]> = {
  id: 'upgrade.fstab',
  script: 'cat /etc/fstab 2>/dev/null || :',
  reads: ['path:/etc/fstab'],
  parse: ({ stdout }) => stdout.split('\n').filter((line) => line.trim() !== ''),
}
