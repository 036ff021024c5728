import { fileURLToPath } from 'node:url'
import { stageTransactionTask } from '../../../src/tasks/upgrade/stage-transaction.ts'
import { runCases } from '../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../cases/upgrade/stage_transaction', import.meta.url)), stageTransactionTask)
