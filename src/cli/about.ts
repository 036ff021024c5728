import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Directory of the package: above `dist/` when built, above `src/cli/` when run from source. */
const root = (() => {
  let dir = path.dirname(fileURLToPath(import.meta.url))
  for (;;) {
    try {
      const { name } = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as { name?: string }
      if (name === 'upgrade-push') return dir
    } catch {
      // Not here: look one higher.
    }
    const parent = path.dirname(dir)
    if (parent === dir) throw new Error('the package of upgrade-push is incomplete: its package.json is missing')
    dir = parent
  }
})()

export const version = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string })
  .version
/** Dracut modules and units that the tool brings along. */
export const assetsDir = path.join(root, 'assets')
