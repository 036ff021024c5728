import { homedir } from 'node:os'
import { join } from 'node:path'

/** Every path of one running machine. */
export interface VmFiles {
  dir: string
  /** What `down` and `status` need: see VmRecord. */
  record: string
  /** Overlays of the cached disks, and the firmware's variables: the machine's own. */
  disk: (number: number) => string
  variables: string
  /** Everything that the serial console ever said. */
  serialLog: string
  qemuLog: string
  qmpSocket: string
  /** What the tool keeps on its side: XDG_STATE_HOME of its runs. */
  controller: string
  /** For the tool: an inventory with this one host, and its host key. */
  inventory: string
  knownHosts: string
  sshConfig: string
  /** Client key for root. */
  clientKey: string
  /** What the repository server serves: labos8 and labos9, links to folders. */
  repo: string
  repoLog: string
}

/** Where running machines live: `$XDG_STATE_HOME/upgrade-push-vm`, one folder for each. */
export function vmRoot(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'upgrade-push-vm')
}

/** @throws Error when `name` can't be part of a path. */
export function vmFiles(name: string): VmFiles {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw new Error(`'${name}' is no machine name: a-z, 0-9 and - only`)
  const dir = join(vmRoot(), name)
  const file = (base: string) => join(dir, base)
  return {
    dir,
    record: file('vm.json'),
    disk: (number) => file(`disk${number}.qcow2`),
    variables: file('efi-variables.fd'),
    serialLog: file('serial.log'),
    qemuLog: file('qemu.log'),
    qmpSocket: file('qmp.sock'),
    controller: file('state'),
    inventory: file('hosts.ini'),
    knownHosts: file('known_hosts'),
    sshConfig: file('ssh_config'),
    clientKey: file('id_ed25519'),
    repo: file('repo'),
    repoLog: file('repo.log'),
  }
}
