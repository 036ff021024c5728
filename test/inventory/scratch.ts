import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

/** Writes files (path to content) into a directory of their own, which is removed after the tests of the file. Content with #! is executable. */
export function scratch(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'upgrade-push-inventory-'))
  made.push(root)
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    if (typeof content === 'string' && content.startsWith('#!')) chmodSync(path, 0o755)
  }
  return root
}

const made: string[] = []
afterAll(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true })
})
