import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onPath, type Tool, writeInventory } from './tool.ts'

const PREPARE = fileURLToPath(new URL('../peers/ansible/prepare.yml', import.meta.url))
const TRUE = fileURLToPath(new URL('../playbooks/true.yml', import.meta.url))

/** With pipelining, ControlPersist as it is by default, and the interpreter told, which spares it the search. */
export const ansible: Tool = {
  name: 'ansible',
  slow: true,
  missing: () => (onPath('ansible-playbook') ? undefined : 'ansible-core is not installed'),
  command(job) {
    const { site, workload, forks } = job
    const config = join(site.scratch, 'ansible.cfg')
    writeFileSync(
      config,
      `[ssh_connection]\npipelining = True\nssh_extra_args = -o GSSAPIAuthentication=no\ncontrol_path_dir = ${join(site.scratch, 'cp')}\n`,
    )
    const playbook = workload.kind === 'true' ? TRUE : PREPARE
    const args = ['-i', writeInventory(job), '-f', String(forks), '-e', `big=${workload.big}`, playbook]
    return {
      argv: ['ansible-playbook', ...args],
      env: { ANSIBLE_CONFIG: config, ANSIBLE_HOME: join(site.scratch, 'ansible') },
    }
  },
}
