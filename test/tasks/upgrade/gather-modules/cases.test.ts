import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { gatherModulesTask } from '../../../../src/tasks/upgrade/gather-modules.ts'
import type { GatherLocal } from '../../../../src/tasks/upgrade/gather-modules-local.ts'
import { runCases } from '../../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../../cases/upgrade/gather_modules', import.meta.url)), gatherModulesTask, {
  local: (data): GatherLocal => ({
    ...(data as Pick<GatherLocal, 'requests' | 'ownModules'>),
    resolve: (path) => {
      if (path.startsWith('missing/')) return { missing: `no ${path} on the controller` }
      return { path: path.startsWith('/') ? path : `/play/${path}` }
    },
    bytes: (text) => ({ sha256: createHash('sha256').update(text).digest('hex'), size: text.length }),
  }),
})
