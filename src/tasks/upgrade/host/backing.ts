import type { BlockDevice, HostFacts } from './facts.ts'

/**
 * Every device that the host's mounted file systems lie on, down to the disks: what must be there again when the image boots. A file
 * system with several devices or subvolumes is found by the device that its mount names.
 */
export function backingDevices(host: HostFacts): BlockDevice[] {
  return below(host, ({ point }) => point === '/' || host.fstab.some(({ file }) => file === point))
}

/** Those of them that an initramfs must find by itself, as root and /usr lie on them: without them a system does not come up. */
export function bootDevices(host: HostFacts): BlockDevice[] {
  return below(host, ({ point }) => point === '/' || point === '/usr')
}

function below({ blockDevices, mounts }: HostFacts, wanted: (mount: HostFacts['mounts'][number]) => boolean) {
  const byName = new Map(blockDevices.map((device) => [device.name, device]))
  const found = new Set<BlockDevice>()
  const add = (device: BlockDevice | undefined): void => {
    if (!device || found.has(device)) return
    found.add(device)
    for (const name of device.slaves ?? []) add(byName.get(name))
  }
  for (const { device, source } of mounts.filter(wanted)) {
    add(blockDevices.find((one) => one.device === device))
    add(blockDevices.find(({ name, dmName }) => source === `/dev/${name}` || source === `/dev/mapper/${dmName}`))
  }
  return [...found]
}
