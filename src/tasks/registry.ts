import { UserError } from '../diagnostics/diagnostic.ts'
import type { Task } from './contract.ts'
import { assertTask } from './generic/assert.ts'
import { commandTask } from './generic/command.ts'
import { copyTask } from './generic/copy.ts'
import { debugTask } from './generic/debug.ts'
import { failTask } from './generic/fail.ts'
import { fileTask } from './generic/file.ts'
import { pingTask } from './generic/ping.ts'
import { setFactTask } from './generic/set-fact.ts'
import { setupTask } from './generic/setup.ts'
import { shellTask } from './generic/shell.ts'
import { unlessUpgraded } from './upgrade/already-upgraded.ts'
import { bootEntryTask } from './upgrade/boot-entry.ts'
import { cancelUpgradeTask } from './upgrade/cancel-upgrade.ts'
import { copyBootTask } from './upgrade/copy-boot.ts'
import { gatherModulesTask } from './upgrade/gather-modules.ts'
import { installRpmsTask } from './upgrade/install-rpms.ts'
import { preflightTask } from './upgrade/preflight.ts'
import { rebootUpgradeTask } from './upgrade/reboot-upgrade.ts'
import { runDracutTask } from './upgrade/run-dracut.ts'
import { stageFinishTask } from './upgrade/stage-finish.ts'
import { stageTransactionTask } from './upgrade/stage-transaction.ts'
import { unlessHalfReplaced } from './upgrade/unless-half-replaced.ts'
import { uploadDracutModulesTask } from './upgrade/upload-dracut-modules.ts'
import { verifyUpgradeTask } from './upgrade/verify-upgrade.ts'

/** Task plugins by name. */
export interface Registry {
  /** The tasks' own names, sorted; aliases are left out. */
  names(): readonly string[]
  /** By its own name, or by the name that Ansible's collection gives it (`ansible.builtin.copy`). */
  get(name: string): Task | undefined
}

/** A task of any shape: what it knows and does stays between its own functions. */
// biome-ignore lint/suspicious/noExplicitAny: the engine hands each task what the task itself asked for
type AnyTask = Task<any, any, any, any>

/** Tasks that Ansible has too. */
const GENERIC: readonly AnyTask[] = [
  assertTask,
  commandTask,
  copyTask,
  debugTask,
  failTask,
  fileTask,
  pingTask,
  setFactTask,
  setupTask,
  shellTask,
]

/** What prepares the upgrade, in the order of its playbook: on a host that runs its release already they have nothing to do. */
const PREPARING: readonly AnyTask[] = [
  preflightTask,
  ...[
    gatherModulesTask,
    installRpmsTask,
    uploadDracutModulesTask,
    stageFinishTask,
    runDracutTask,
    stageTransactionTask,
    copyBootTask,
    bootEntryTask,
  ].map(unlessHalfReplaced),
]

/** What carries it out, looks at what came of it, or takes it away. */
const CONCLUDING: readonly AnyTask[] = [rebootUpgradeTask, verifyUpgradeTask, cancelUpgradeTask]

const COLLECTIONS = ['ansible.builtin.', 'ansible.legacy.']

/** The built-in tasks and the user's plugins. Throws UserError when a plugin takes a name that is taken. */
export function createRegistry(plugins: readonly Task[] = []): Registry {
  const tasks = new Map<string, Task>()
  const aliases = new Map<string, Task>()
  for (const task of [...GENERIC, ...PREPARING.map(unlessUpgraded), ...CONCLUDING] as Task[]) tasks.set(task.name, task)
  for (const { name } of GENERIC) {
    for (const collection of COLLECTIONS) aliases.set(collection + name, tasks.get(name) as Task)
  }
  for (const task of plugins) {
    if (tasks.has(task.name)) throw new UserError(`there are two tasks named "${task.name}"`)
    tasks.set(task.name, task)
  }
  const names = [...tasks.keys()].sort()
  return {
    names: () => names,
    get: (name) => tasks.get(name) ?? aliases.get(name),
  }
}
