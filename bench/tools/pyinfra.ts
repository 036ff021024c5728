import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onPath, type Tool } from './tool.ts'

const PREPARE = fileURLToPath(new URL('../peers/pyinfra/prepare.py', import.meta.url))

export const pyinfra: Tool = {
  name: 'pyinfra',
  slow: true,
  missing: () => (onPath('pyinfra') ? undefined : 'pyinfra is not installed'),
  command({ site, workload, hosts, forks, port }) {
    const inventory = join(site.scratch, 'pyinfra_inventory.py')
    const data = {
      ssh_port: port,
      ssh_user: 'root',
      ssh_key: site.key,
      ssh_known_hosts_file: site.knownHosts,
    }
    const rows = hosts.map(
      ({ name, address }) => `    ("${name}", ${JSON.stringify({ ...data, ssh_hostname: address })}),\n`,
    )
    writeFileSync(inventory, `hosts = [\n${rows.join('')}]\n`)
    const work = workload.kind === 'true' ? ['exec', '--', 'true'] : [PREPARE]
    return {
      argv: ['pyinfra', '-y', '--parallel', String(forks), inventory, ...work],
      env: { ROOT: site.root, PAYLOAD: site.payload, BIG: String(workload.big) },
    }
  },
}
