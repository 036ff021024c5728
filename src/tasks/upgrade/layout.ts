/** Where the upgrade keeps its things on a host. One place, so that tasks, assets and docs can't drift. */
export const STATE = '/var/lib/upgrade-push'

export const HOST = {
  state: STATE,
  lock: `${STATE}/lock`,
  /** Root of the container of the target release. */
  target: `${STATE}/target`,
  /** What the container was made from: see TargetManifest. */
  targetManifest: `${STATE}/target.json`,
  request: `${STATE}/request.json`,
  /** Dracut modules as uploaded: `<NNname>/...`; kernel modules below `kernel/`. */
  stageDracut: `${STATE}/stage/dracut`,
  stageKernel: `${STATE}/stage/kernel`,
  stageManifest: `${STATE}/stage/manifest.json`,
  artifacts: `${STATE}/artifacts`,
  artifactsManifest: `${STATE}/artifacts/manifest.json`,
  /** What the final steps work with, see finish/data.ts; and their notes, which the upgrade image makes. */
  finish: `${STATE}/finish`,
  finished: `${STATE}/finished`,
  /** What was asked of the transaction, what runs it, the plan that dnf made of it, and its packages. */
  transaction: `${STATE}/transaction.json`,
  transactionScript: `${STATE}/transaction.sh`,
  plan: `${STATE}/plan.json`,
  packages: `${STATE}/packages`,
  /** Durable journal of the transaction that runs or ran. */
  journal: `${STATE}/progress.jsonl`,
  /** Digests of the frozen plan and of all that it covers; the last thing that is written of a plan. */
  planSums: `${STATE}/plan.sums`,
  result: `${STATE}/result.json`,
  initramfsState: `${STATE}/state.json`,
  jobs: `${STATE}/jobs`,
  /** Steers the boot loader from the initramfs; written when the upgrade is armed. */
  steer: `${STATE}/boot/steer`,
  /** There from the moment at which the first package may have changed. */
  changed: `${STATE}/changed`,
  log: '/var/log/upgrade-push',
  /** An administrator's own requests on the host. */
  requests: '/etc/upgrade-push/requests.d',
} as const

/** Names in /boot (the acceptance list's rows 66 to 69). `arch` as `uname -m` says it. */
export function bootNames(arch: string): { kernel: string; initramfs: string; hmac: string } {
  return {
    kernel: `vmlinuz-upgrade.${arch}`,
    initramfs: `initramfs-upgrade.${arch}.img`,
    hmac: `.vmlinuz-upgrade.${arch}.hmac`,
  }
}

/** Stem of our boot entry's file and its title. */
export const ENTRY_ID = 'upgrade-push'
export const ENTRY_TITLE = 'System upgrade (upgrade-push)'
