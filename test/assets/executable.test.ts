import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const DRACUT = fileURLToPath(new URL('../../assets/dracut', import.meta.url))

// Modules are uploaded with their modes, and dracut installs a script as it finds it: one without the bit is in the image, and can't be started.
test('what begins as a program can be executed, and nothing else', () => {
  const files = readdirSync(DRACUT, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const odd = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').startsWith('#!') !== ((statSync(path).mode & 0o111) === 0o111))
  expect(odd).toEqual([])
  expect(files.length).toBeGreaterThan(40)
})
