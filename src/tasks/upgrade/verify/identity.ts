import type { Finding } from '../../contract.ts'
import { deviation, listed } from './deviation.ts'
import type { VerifyFacts } from './facts.ts'

/** Another boot of the same machine: boot id, machine id and host keys against what was noted when the upgrade was armed. */
export function identityDeviations({ before, sight, hostKeys }: VerifyFacts): Finding[] {
  if (!before || before.run !== sight.result?.run) {
    const detail = 'what the host was before its upgrade was not noted, so its identity can not be compared'
    return [deviation('verify_before', 'nothing to compare with', detail, 'Compare machine id and host keys by hand.')]
  }
  const found: Finding[] = []
  if (before.bootId === sight.bootId) {
    const detail = `boot ${sight.bootId} was running already when the upgrade was armed`
    found.push(deviation('verify_boot_id', 'the host has not booted since', detail, 'Reboot it.'))
  }
  if (before.machineId !== sight.machineId) {
    const detail = `/etc/machine-id was ${before.machineId || 'empty'} and is ${sight.machineId || 'empty'}`
    found.push(deviation('verify_machine_id', 'the machine id changed', detail, 'Put the old one back, then reboot.'))
  }
  const changed = before.hostKeys.filter((key) => !hostKeys.includes(key)).map((key) => key.split(' ')[0] ?? '')
  if (changed.length > 0) {
    found.push(
      deviation(
        'verify_host_keys',
        'SSH host keys changed',
        `no longer there: ${listed(changed)}`,
        'Restore /etc/ssh/ssh_host_* from a backup: whoever connects takes the host for another one.',
      ),
    )
  }
  return found
}
