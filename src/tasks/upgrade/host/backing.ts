import type { BlockDevice, HostFacts } from './facts.ts'

/**
 * Every device that the host's mounted file systems lie on, down to the disks: what must be there again when the image boots. A file
 * system with several devices or subvolumes is found by the device that its mount names.
 */
export function backingDevices({ blockDevices, mounts, fstab }: HostFacts): BlockDevice[] {
  const byName = new Map(blockDevices.map((device) => [device.name, device]))
  const lasting = mounts.filter(({ point }) => point === '/' || fstab.some(({ file }) => file === point))
  const found = new Set<BlockDevice>()
  const add = (device: BlockDevice | undefined): void => {
    if (!device || found.has(device)) return
    found.add(device)
    for (const name of device.slaves ?? []) add(byName.get(name))
  }
  for (const { device, source } of lasting) {
    add(blockDevices.find((one) => one.device === device))
    add(blockDevices.find(({ name, dmName }) => source === `/dev/${name}` || source === `/dev/mapper/${dmName}`))
  }
  return [...found]
}
