import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tool } from './tool.ts'

const PREPARE = fileURLToPath(new URL('../peers/ssh/prepare.sh', import.meta.url))

/** The floor: `ssh host sh -s`, with the key exchange that upgrade-push uses; OpenSSH's own default costs it 85 ms more per host. */
export const plainSsh: Tool = {
  name: 'plain-ssh',
  slow: false,
  missing: () => undefined,
  command({ site, workload, hosts, forks, port }) {
    const config = join(site.scratch, 'ssh_config')
    writeFileSync(
      config,
      `Host *
  Port ${port}
  User root
  IdentityFile ${site.key}
  IdentitiesOnly yes
  UserKnownHostsFile ${site.knownHosts}
  StrictHostKeyChecking yes
  GSSAPIAuthentication no
  KexAlgorithms curve25519-sha256
  LogLevel ERROR
`,
    )
    const list = join(site.scratch, 'hosts.txt')
    writeFileSync(list, hosts.map(({ name, address }) => `${name} ${address}\n`).join(''))
    const ssh = `ssh -F ${config}`
    const env = { SSH: ssh, ROOT: site.root, PAYLOAD: site.payload, BIG: String(workload.big) }
    if (workload.kind === 'prepare') return { argv: [PREPARE, String(forks), list], env }
    const each = `cut -d' ' -f2 ${list} | xargs -P${forks} -I{} ${ssh} {} true`
    return { argv: ['sh', '-c', each], env }
  },
}
