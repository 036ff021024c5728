import { existsSync } from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import type { Plays } from '../engine/executor.ts'
import type { ControllerPorts, EngineOptions } from '../engine/ports.ts'
import type { EventBus } from '../events/bus.ts'
import { ImageLogs } from '../events/image-logs.ts'
import type { Journal } from '../events/journal.ts'
import { stateDir } from '../events/state-dir.ts'
import type { EventBody, Mode } from '../events/types.ts'
import type { ValueMap } from '../expression/values.ts'
import { loadVarsFile } from '../inventory/vars-files.ts'
import { processIdentity } from '../remote/lock/holder.ts'
import { createControllerFiles } from '../tasks/controller-files.ts'
import { assetsDir, version } from './about.ts'
import type { LoadedRun } from './load.ts'
import type { RunOptions } from './options.ts'

/** The first event of a run of these options, or of the check that an apply of them is confirmed by. */
export function runStarted(
  options: RunOptions,
  loaded: LoadedRun,
  { mode, journal }: { mode: Mode; journal: Journal },
): Extract<EventBody, { type: 'run_started' }> {
  return {
    type: 'run_started',
    mode,
    playbooks: loaded.playbooks.map(({ playbook }) => playbook.path),
    version,
    user: os.userInfo().username,
    controller: os.hostname(),
    forks: options.forks,
    diff: options.diff,
    hosts: new Set(loaded.playbooks.flatMap(({ plays }) => plays.flatMap(({ hosts }) => hosts))).size,
    journal: journal.path,
    process: processIdentity(),
  }
}

/** What the engine needs of the controller. A check makes no key for upgrade images, and a rehearsal needs none. */
export function controllerPorts(
  options: RunOptions,
  loaded: LoadedRun,
  { bus, journal }: { bus: EventBus; journal: Journal },
): ControllerPorts {
  const keys = options.rehearse ? undefined : { dir: join(stateDir(), 'keys'), make: !options.check }
  const imageLogs = new ImageLogs(dirname(journal.path), bus.redactor)
  return {
    emit: (event) => void bus.emit(event),
    durable: () => journal.durable(),
    plugin: loaded.plugin,
    filesFor: (playbookDir) => createControllerFiles({ playbookDir, assetsDir, keys }),
    varsFile: loadVarsFile,
    fileExists: existsSync,
    inventoryVariables: loaded.inventoryVariables,
    keepLog: (host, parts) => imageLogs.keep(host, parts),
    secret: (value) => bus.redactor.add(value),
  }
}

/** What the command line and its files say of a run, as the engine takes it. */
export function executionOf(
  options: RunOptions,
  loaded: LoadedRun,
  run: Pick<EngineOptions, 'mode' | 'becomePassword' | 'forecast' | 'usual'>,
): Omit<Plays, 'interrupts' | 'steering'> {
  return {
    playbooks: loaded.playbooks,
    hosts: loaded.inventory.hosts.keys(),
    groups: groupsOf(loaded),
    groupsOf: (host) => loaded.inventory.hosts.get(host)?.groups ?? [],
    options: {
      mode: run.mode,
      forks: options.forks,
      diff: options.diff,
      tags: { only: options.tags, skip: options.skipTags },
      extraVars: loaded.extraVars,
      limit: loaded.limit,
      become: options.become,
      becomeUser: options.becomeUser,
      becomePassword: run.becomePassword,
      forecast: run.forecast,
      usual: run.usual,
    },
  }
}

/** group -> its hosts on all levels, in inventory order: what `groups` is to a template. */
function groupsOf({ inventory }: LoadedRun): ValueMap {
  const groups: Record<string, string[]> = Object.create(null) as Record<string, string[]>
  for (const name of inventory.groups.keys()) groups[name] = []
  for (const [host, { groups: names }] of inventory.hosts) for (const name of names) groups[name]?.push(host)
  return groups
}
