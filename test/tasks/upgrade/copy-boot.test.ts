import { fileURLToPath } from 'node:url'
import { copyBootTask } from '../../../src/tasks/upgrade/copy-boot.ts'
import { runCases } from '../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../cases/upgrade/copy_boot', import.meta.url)), copyBootTask)
