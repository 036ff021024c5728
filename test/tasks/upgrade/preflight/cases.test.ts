import { fileURLToPath } from 'node:url'
import { preflightTask } from '../../../../src/tasks/upgrade/preflight.ts'
import { runCases } from '../../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../../cases/upgrade/preflight', import.meta.url)), preflightTask)
