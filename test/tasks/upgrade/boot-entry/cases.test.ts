import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { bootEntryTask } from '../../../../src/tasks/upgrade/boot-entry.ts'
import { runCases } from '../../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../../cases/upgrade/boot_entry', import.meta.url)), bootEntryTask, {
  local: () => ({
    bytes: (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex'), size: text.length }),
    steer: { start: 'start', body: { 'systemd-boot': 'sd', 'grub-bls': 'bls', grubby: 'grubby' } },
  }),
})
