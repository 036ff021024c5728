import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { rebootUpgradeTask } from '../../../src/tasks/upgrade/reboot-upgrade.ts'
import { runCases } from '../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../cases/upgrade/reboot_upgrade', import.meta.url)), rebootUpgradeTask, {
  local: () => ({
    entry: {
      bytes: (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex'), size: text.length }),
      steer: { start: 'start', body: { 'systemd-boot': 'sd', 'grub-bls': 'bls', grubby: 'grubby' } },
    },
    keyFile: undefined,
  }),
})

const record = {
  version: 1,
  run: 'try-1',
  image: null,
  plan: 'p',
  imageDigest: 'i',
  release: { from: '8', to: '9' },
  before: { bootId: 'b', kernel: 'k' },
  armedAt: '',
} as const

test.each([
  [false, 'goes on watching the upgrade: run try-1, release 8 -> 9; it does not answer'],
  [true, 'lets the upgrade go on and watches it: run try-1, release 8 -> 9; it does not answer'],
])('a host in the middle of its upgrade, resume: %s', (resume, summary) => {
  const args = rebootUpgradeTask.args.parse({ resume })
  const sight = { from: 'nobody', text: 'it does not answer' } as const
  const verdict = rebootUpgradeTask.attend?.({ args, record, sight, host: 'web1', mode: 'check' })
  expect(verdict).toMatchObject({ kind: 'change', summary, spec: { kind: 'watch', record, watch: { resume } } })
})
