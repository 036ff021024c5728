import { fileURLToPath } from 'node:url'
import { runDracutTask } from '../../../src/tasks/upgrade/run-dracut.ts'
import { runCases } from '../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../cases/upgrade/run_dracut', import.meta.url)), runDracutTask)
