import type { Vm } from '../../../lab/vm/vm.ts'

/** What the initramfs leaves for the next boot. */
export interface UpgradeResult {
  version: number
  run: string | null
  image: string | null
  boot_id: string
  kernel: string
  systemd: string
  phase: string
  step: string | null
  message: string
  outcome: string
  /** Packages may have been changed. */
  changed?: boolean
  /** The last lines of what failed. */
  lines?: string[]
  started_at: string
  finished_at: string
}

/** One way through the loader, the upgrade image and back. */
export interface RoundTrip {
  /** What the console said meanwhile. */
  console: string
  /** Boot ids of the old system before and after. */
  before: string
  after: string
}

export const REACHED = /^upgrade-push: \d+\.\d+ start upgrade\.target reached$/m

const ENTRY = '/boot/loader/entries/upgrade-push.conf'

/** Boots the entry at the next boot, once, without the tool: the way a person at the machine would. */
export const chooseOnce = (vm: Vm) => vm.ssh('bootctl set-oneshot upgrade-push.conf')

/** Changes the kernel arguments that the playbook gave our entry with a sed script, as with an editor: earlier changes are gone. */
export const editEntry = (vm: Vm, sed: string) =>
  vm.ssh(`[ -e /root/entry ] || cp ${ENTRY} /root/entry
sed -e '/^options/ { ${sed} }' /root/entry >${ENTRY} && sync -f ${ENTRY}`)

/** Restarts the machine by `restart` and waits until the old system, or whatever came up, can be logged in to again. */
export async function throughBoot(vm: Vm, restart: () => Promise<unknown>): Promise<RoundTrip> {
  const before = await vm.bootId()
  const from = (await vm.serial()).length
  await restart()
  const after = await vm.waitForSsh({ after: before })
  return { console: (await vm.serial()).slice(from), before, after }
}

/** An orderly reboot, started a moment later so that the command itself ends in peace. */
export const reboot = (vm: Vm) => () => vm.ssh('systemd-run --quiet --on-active=1 systemctl reboot')

export async function readResult(vm: Vm): Promise<UpgradeResult> {
  return JSON.parse((await vm.ssh('cat /var/lib/upgrade-push/result.json')).stdout) as UpgradeResult
}

/** `uname -r` of what answers. */
export const kernelOf = async (vm: Vm) => (await vm.ssh('uname -r')).stdout.trim()

/** Digests of everything that boots the old system. */
export const oldBootFiles = async (vm: Vm) =>
  (await vm.ssh('cd /boot && sha256sum loader/loader.conf loader/entries/labos-*.conf labos/*/* EFI/*/*')).stdout
