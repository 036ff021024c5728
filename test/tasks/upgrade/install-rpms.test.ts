import { fileURLToPath } from 'node:url'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { runCases } from '../../cases/runner.ts'

runCases(fileURLToPath(new URL('../../cases/upgrade/install_rpms', import.meta.url)), installRpmsTask)
