import { fileURLToPath } from 'node:url'
import { cancelUpgradeTask } from '../../../../src/tasks/upgrade/cancel-upgrade.ts'
import { runCases } from '../../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../../cases/upgrade/cancel_upgrade', import.meta.url)), cancelUpgradeTask)
