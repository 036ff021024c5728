// Writes docs/tasks/: a page for each task plugin, from its schema, and their index. Pages of tasks that are gone are removed.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { taskDocuments } from './task-documents.ts'

const directory = fileURLToPath(new URL('../docs/tasks', import.meta.url))
await rm(directory, { recursive: true, force: true })
await mkdir(directory, { recursive: true })
for (const [name, text] of await taskDocuments()) await writeFile(`${directory}/${name}`, text)
