import { z } from 'zod'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import type { CatalogTask, Playbook, PlaybookTask, TaskCatalog } from '../../src/playbook/types.ts'

const bareExpression = z.strictObject({ expression: z.string(), value: z.any() })

/** Schemas of every kind that tasks use. */
const TASKS: readonly CatalogTask[] = [
  {
    name: 'file',
    args: z.strictObject({
      path: z.string().describe('Path on the host'),
      state: z.enum(['directory', 'absent', 'touch']).optional(),
      recurse: z.boolean().default(false),
      mode: z.union([z.string(), z.int()]).optional(),
      depth: z.int().min(1).optional(),
    }),
  },
  {
    name: 'command',
    freeForm: 'cmd',
    args: z.strictObject({ cmd: z.string(), chdir: z.string().optional(), creates: z.string().optional() }),
  },
  {
    name: 'assert',
    expressions: ['that'],
    args: z.strictObject({
      that: z.union([bareExpression, z.array(bareExpression)]).transform((given) => [given].flat()),
      quiet: z.boolean().optional(),
    }),
  },
  { name: 'set_fact', args: z.record(z.string().regex(/^[a-z_]+$/, 'not a variable name'), z.any()) },
  {
    name: 'install',
    args: z.strictObject({
      packages: z.array(z.strictObject({ name: z.string(), version: z.string().optional() })),
    }),
  },
]

export const catalog: TaskCatalog = {
  names: () => TASKS.map(({ name }) => name),
  get: (name) => TASKS.find((task) => task.name === name),
}

export function taskNamed(name: string): CatalogTask {
  return catalog.get(name) as CatalogTask
}

export function load(text: string): Promise<Playbook> {
  return loadPlaybook('/play/site.yml', catalog, { read: async () => Buffer.from(text) })
}

/** The tasks of a playbook of one play, given as the lines below `tasks:`. */
export async function tasksOf(lines: string): Promise<readonly PlaybookTask[]> {
  const indented = lines.replace(/^/gm, '    ')
  const { plays } = await load(`- hosts: all\n  tasks:\n${indented}\n`)
  return plays[0]?.tasks ?? []
}

/** Everything that is wrong with a playbook, as one text. */
export async function complaints(text: string): Promise<string> {
  try {
    await load(text)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('the playbook was accepted')
}

export function taskComplaints(lines: string): Promise<string> {
  return complaints(`- hosts: all\n  tasks:\n${lines.replace(/^/gm, '    ')}\n`)
}
