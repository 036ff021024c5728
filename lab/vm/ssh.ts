import { writeFile } from 'node:fs/promises'
import type { VmFiles } from './files.ts'

/** The machine's name in its inventory and its ssh_config. */
export const HOST = 'labvm'

/** Writes what a client needs to reach the machine, host key included: for the tool an inventory, for ssh its own configuration. */
export async function writeAccess(files: VmFiles, port: number, hostKey: string): Promise<void> {
  await writeFile(files.knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`)
  await writeFile(
    files.inventory,
    `# The lab's virtual machine. Written by 'lab vm up'; gone after 'lab vm down'.
[machines]
${HOST} ansible_host=127.0.0.1 ansible_port=${port}

[machines:vars]
ansible_user=root
ansible_ssh_private_key_file=${files.clientKey}
ansible_ssh_common_args='-o UserKnownHostsFile=${files.knownHosts}'
`,
  )
  await writeFile(
    files.sshConfig,
    `Host ${HOST}
  HostName 127.0.0.1
  Port ${port}
  User root
  IdentityFile ${files.clientKey}
  IdentitiesOnly yes
  UserKnownHostsFile ${files.knownHosts}
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 15
  ServerAliveInterval 15
  ServerAliveCountMax 8
  LogLevel ERROR
`,
  )
}
