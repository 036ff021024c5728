import { fileURLToPath } from 'node:url'
import { loadPlaybook } from '../src/playbook/load.ts'
import type { Task } from '../src/tasks/contract.ts'
import { createRegistry } from '../src/tasks/registry.ts'
import { indexPage, taskPage } from './task-page.ts'

/** Their tasks are the upgrade's. */
const PLAYBOOKS = ['upgrade.yml', 'cancel.yml']

/** What docs/tasks/ holds: text by file name. */
export async function taskDocuments(): Promise<ReadonlyMap<string, string>> {
  const registry = createRegistry()
  const tasks = registry.names().map((name) => registry.get(name) as Task)
  const order: string[] = []
  for (const name of PLAYBOOKS) {
    const path = fileURLToPath(new URL(`../playbooks/${name}`, import.meta.url))
    const { plays } = await loadPlaybook(path, registry)
    order.push(...plays.flatMap((play) => play.tasks.map(({ task }) => task)))
  }
  return new Map([
    ['README.md', indexPage(tasks, order)],
    ...tasks.map((task): [string, string] => [`${task.name}.md`, taskPage(task)]),
  ])
}
