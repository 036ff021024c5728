import { accessSync, constants, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { BenchHost, Site } from '../site.ts'
import type { Workload } from '../workload.ts'

/** One run to be measured. */
export interface Job {
  readonly site: Site
  readonly workload: Workload
  readonly hosts: readonly BenchHost[]
  readonly port: number
  readonly forks: number
  /** upgrade-push's build. */
  readonly cli: string
}

export interface Command {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface Tool {
  readonly name: string
  /** Takes over a second of CPU per host. */
  readonly slow: boolean
  /** Why it can't be run on this machine, or undefined. */
  missing(): string | undefined
  /** Writes what the run needs below the scratch directory, and says what to start. */
  command(job: Job): Command
}

export function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** An inventory that upgrade-push and Ansible read alike. */
export function writeInventory({ site, hosts, port }: Job): string {
  const file = join(site.scratch, 'inventory.ini')
  const lines = hosts.map(({ name, address }) => `${name} ansible_host=${address}`)
  writeFileSync(
    file,
    `${lines.join('\n')}

[all:vars]
ansible_port=${port}
ansible_user=root
ansible_ssh_private_key_file=${site.key}
ansible_ssh_common_args=-o UserKnownHostsFile=${site.knownHosts} -o IdentitiesOnly=yes
ansible_python_interpreter=/usr/bin/python3
root=${site.root}
payload=${site.payload}
`,
  )
  return file
}
