import path from 'node:path'
import { UserError } from '../diagnostics/diagnostic.ts'
import { isTrue, render } from '../expression/index.ts'
import { PendingValue, type Raw, type RawMap, type Value, type ValueMap } from '../expression/values.ts'
import type { PlannedPlay, Step } from '../plan/plan.ts'
import { playScope } from '../plan/playbooks.ts'
import type { Text } from '../playbook/types.ts'
import { SECRET_VARIABLES } from '../remote/types.ts'
import type { ControllerFiles } from '../tasks/contract.ts'
import { requireOwnVarsFile } from './controller-paths.ts'
import type { HostRun } from './host-run.ts'
import type { ControllerPorts, EngineOptions } from './ports.ts'
import { LayeredScope } from './scope.ts'

/** How a step becomes another user. */
export interface BecomeWish {
  readonly user: string
  readonly method: 'sudo'
  readonly password: string | undefined
  readonly exe: string | undefined
  readonly flags: string | undefined
}

/** Everything of a play that its steps share, and the place where a host's scope is put together. */
export class PlayContext {
  readonly planned: PlannedPlay
  readonly playbookDir: string
  readonly files: ControllerFiles
  readonly #ports: ControllerPorts
  readonly #options: EngineOptions
  readonly #groups: ValueMap
  readonly #groupsOf: (host: string) => readonly string[]
  readonly #runs: ReadonlyMap<string, HostRun>
  readonly #varsFiles = new Map<string, readonly RawMap[]>()
  /** Hosts of the batch that runs now. */
  batch: readonly string[] = []

  constructor(input: {
    planned: PlannedPlay
    playbookDir: string
    ports: ControllerPorts
    options: EngineOptions
    groups: ValueMap
    groupsOf: (host: string) => readonly string[]
    runs: ReadonlyMap<string, HostRun>
  }) {
    this.planned = input.planned
    this.playbookDir = input.playbookDir
    this.files = input.ports.filesFor(input.playbookDir)
    this.#ports = input.ports
    this.#options = input.options
    this.#groups = input.groups
    this.#groupsOf = input.groupsOf
    this.#runs = input.runs
  }

  /** Names as a step of a host sees them. `ahead`: names that steps before it will only set later. */
  scope(
    run: HostRun,
    step?: Step,
    item: ValueMap = {},
    ahead?: { names: ReadonlyMap<string, string>; facts: boolean },
  ): LayeredScope {
    return new LayeredScope({
      magic: this.#magic(run),
      hostvars: {
        kind: 'scopes',
        get: (name) => {
          const other = this.#runs.get(name)
          return other && this.scope(other)
        },
        names: () => this.#runs.keys(),
      },
      extra: this.#options.extraVars,
      item,
      pending: ahead && ahead.names.size > 0 ? new Map([...run.pendingNames, ...ahead.names]) : run.pendingNames,
      set: run.set,
      task: step?.node.vars ?? {},
      files: this.#varsFiles.get(run.name) ?? [],
      play: this.planned.play.vars,
      facts: run.facts,
      inventory: this.#ports.inventoryVariables(run.name),
      factsPending: ahead?.facts ?? false,
    })
  }

  #magic(run: HostRun): ValueMap {
    return {
      inventory_hostname: run.name,
      inventory_hostname_short: run.name.split('.')[0] ?? run.name,
      group_names: this.#groupsOf(run.name).filter((group) => group !== 'all'),
      groups: this.#groups,
      playbook_dir: this.playbookDir,
      ansible_check_mode: this.#options.mode === 'check',
      ansible_diff_mode: this.#options.diff,
      ansible_play_hosts: this.planned.hosts,
      ansible_play_batch: this.batch,
      play_hosts: this.batch,
      ansible_forks: this.#options.forks,
    }
  }

  /** A name for people: rendered with what the play itself knows; as written when that is not enough. */
  display(text: Text | undefined): string | undefined {
    if (text === undefined) return undefined
    try {
      return String(render(text, playScope(this.planned.play, this.#options.extraVars)))
    } catch (error) {
      if (!(error instanceof UserError || error instanceof PendingValue)) throw error
      return typeof text === 'string' ? text : text.text
    }
  }

  /** Reads the play's vars_files as this host names them: of several candidates the first that exists. */
  async loadVarsFiles(run: HostRun): Promise<void> {
    const loaded: RawMap[] = []
    for (const { candidates, origin } of this.planned.play.varsFiles) {
      const scope = this.scope(run)
      const tried = candidates.map((candidate) => {
        const name = String(render(candidate, scope))
        requireOwnVarsFile(candidate, name, origin, scope)
        return path.resolve(this.playbookDir, name)
      })
      const found = tried.find((candidate) => this.#ports.fileExists(candidate))
      if (found === undefined) {
        throw new UserError({ message: `vars_files: no such file: ${tried.join(', ')}`, origin })
      }
      loaded.unshift(await this.#ports.varsFile(found))
    }
    this.#varsFiles.set(run.name, loaded)
  }

  /** A key of the task, else of the play, else undefined; rendered. */
  keyword(
    run: HostRun,
    step: Step,
    key: 'checkMode' | 'diff' | 'ignoreErrors' | 'noLog' | 'runOnce',
    item?: ValueMap,
  ): boolean | undefined {
    const own = step.node[key] ?? (key === 'runOnce' ? undefined : this.planned.play[key])
    return own === undefined ? undefined : isTrue(render(own, this.scope(run, step, item)))
  }

  /** Whom a step runs as on the host, or undefined for the login user. */
  become(run: HostRun, step: Step, item?: ValueMap): BecomeWish | undefined {
    const scope = this.scope(run, step, item)
    const variable = (name: string): Value | undefined => (scope.isPending(name) ? undefined : scope.authored(name))
    const text = (key: 'becomeUser' | 'becomeExe' | 'becomeFlags', name: string): string | undefined => {
      const own: Raw | undefined = step.node[key] ?? this.planned.play[key]
      const found = variable(name) ?? (own === undefined ? undefined : render(own, scope))
      return found === undefined || found === null ? undefined : String(found)
    }
    const own = step.node.become ?? this.planned.play.become
    const wanted = variable('ansible_become') ?? (own === undefined ? this.#options.become : render(own, scope))
    if (!isTrue(wanted)) return undefined
    const method =
      variable('ansible_become_method') ?? step.node.becomeMethod ?? this.planned.play.becomeMethod ?? 'sudo'
    if (method !== 'sudo') throw new UserError(`become method ${JSON.stringify(method)} is not supported; only sudo is`)
    const password =
      variable('ansible_become_password') ??
      variable('ansible_become_pass') ??
      variable('ansible_sudo_pass') ??
      this.#options.becomePassword
    if (password !== undefined && password !== null) this.#ports.secret(String(password))
    return {
      method: 'sudo',
      user: text('becomeUser', 'ansible_become_user') ?? this.#options.becomeUser ?? 'root',
      password: password === undefined || password === null ? undefined : String(password),
      exe: text('becomeExe', 'ansible_become_exe'),
      flags: text('becomeFlags', 'ansible_become_flags'),
    }
  }

  /** Tells of the passwords that a host's variables hold, as far as they can be told now. */
  tellSecrets(run: HostRun): void {
    const scope = this.scope(run)
    for (const name of SECRET_VARIABLES) {
      try {
        const value = scope.authored(name)
        if (value !== undefined && value !== null) this.#ports.secret(String(value))
      } catch {
        // It needs what only a later moment knows, and is told of when it is used.
      }
    }
  }

  /** The host's `ansible_*` variables as people gave them: what a connection is made from. Never what the host says of itself. */
  connectionVariables(run: HostRun): ValueMap {
    const scope = this.scope(run)
    const variables: Record<string, Value> = {}
    for (const name of new Set(scope.names())) {
      if (!name.startsWith('ansible_')) continue
      const value = scope.authored(name)
      if (value !== undefined) variables[name] = value
    }
    const user = this.planned.play.remoteUser
    if (user !== undefined && variables.ansible_user === undefined) variables.ansible_user = render(user, scope)
    return variables
  }
}
