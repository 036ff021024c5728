// Writes docs/schema/playbook.schema.json, by which editors complete and check playbooks.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { editorSchema } from '../src/playbook/editor-schema.ts'
import { createRegistry } from '../src/tasks/registry.ts'

const path = fileURLToPath(new URL('../docs/schema/playbook.schema.json', import.meta.url))
await mkdir(dirname(path), { recursive: true })
await writeFile(path, `${JSON.stringify(editorSchema(createRegistry()), undefined, 2)}\n`)
