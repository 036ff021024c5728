import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Tool, writeInventory } from './tool.ts'

const PLAYBOOKS = fileURLToPath(new URL('../playbooks', import.meta.url))

export const upgradePush: Tool = {
  name: 'upgrade-push',
  slow: false,
  missing: () => undefined,
  command(job) {
    const { workload, forks, cli, site } = job
    const playbook = join(PLAYBOOKS, `${workload.kind}.yml`)
    const args = ['-i', writeInventory(job), '-f', String(forks), '-e', `big=${workload.big}`, playbook]
    return { argv: [process.execPath, cli, ...args], env: { XDG_STATE_HOME: join(site.scratch, 'state') } }
  },
}
