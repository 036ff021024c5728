import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { execute } from '../../src/engine/executor.ts'
import type { Forecast } from '../../src/engine/forecast.ts'
import { Interrupts } from '../../src/engine/interrupts.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { Steering } from '../../src/engine/steering.ts'
import type { ControlPort } from '../../src/events/commands.ts'
import { Redactor } from '../../src/events/redactor.ts'
import type { EventBody, HostResult, Mode } from '../../src/events/types.ts'
import type { RawMap } from '../../src/expression/values.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { selectHosts } from '../../src/inventory/select.ts'
import { loadVarsFile } from '../../src/inventory/vars-files.ts'
import { planPlaybooks } from '../../src/plan/playbooks.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { Connector } from '../../src/remote/connector.ts'
import { resolveTarget } from '../../src/remote/target.ts'
import { RemoteError, type Section } from '../../src/remote/types.ts'
import type { Task } from '../../src/tasks/contract.ts'
import { createControllerFiles } from '../../src/tasks/controller-files.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

export interface RunInput {
  /** YAML of the playbook; `DIR` stands for a directory of its own. */
  readonly playbook: string
  readonly hosts?: readonly string[]
  readonly mode?: Mode
  readonly forks?: number
  readonly vars?: (host: string) => RawMap
  readonly plugins?: readonly Task[]
  /** Hosts that can't be connected. */
  readonly down?: readonly string[]
  readonly onEvent?: (event: EventBody, interrupts: Interrupts, port: ControlPort) => void
  readonly dir?: string
  /** In place of a fleet's own: who answers, and what is remembered. */
  readonly ports?: Partial<Pick<EnginePorts, 'connect' | 'answer' | 'isLocal' | 'upgrades'>>
  /** false: the journal is broken. */
  readonly durable?: boolean
  readonly forecast?: Forecast
}

export interface RunResult {
  readonly events: readonly EventBody[]
  readonly dir: string
  /** `status` of a host's steps, in order, without loop items. */
  statuses(host: string): string[]
  results(host: string): HostResult[]
  /** How many frames went to each host. */
  frames(host: string): number
}

const dirs: string[] = []

/** A directory that `cleanUp` removes. */
export function scratch(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'upgrade-push-engine-'))
  dirs.push(dir)
  return dir
}

export function cleanUp(): void {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
}

/** Runs a playbook through the real engine, loader and tasks; every host is a real shell of this machine. */
export async function play(input: RunInput): Promise<RunResult> {
  const dir = input.dir ?? scratch()
  const file = path.join(dir, 'play.yml')
  writeFileSync(file, input.playbook.replaceAll('DIR', dir))
  const hosts = input.hosts ?? ['one']
  const registry = createRegistry(input.plugins ?? [])
  const playbook = await loadPlaybook(file, registry)
  const inventory = await loadInventory([`${hosts.join(',')},`])
  const plugin = (name: string): Task => registry.get(name) as Task
  const events: EventBody[] = []
  const frames = new Map<string, number>()
  const interrupts = new Interrupts()
  const steering = new Steering(interrupts, { run: 'test', emit: (event) => ports.emit(event) })
  const redactor = new Redactor()
  const connector = new Connector()
  const proxies = new WeakMap<object, object>()
  const counted = (host: string, remote: object): object => {
    const known = proxies.get(remote)
    if (known) return known
    const proxy = new Proxy(remote, {
      get(target, key) {
        const member = Reflect.get(target, key, target) as unknown
        if (typeof member !== 'function') return member
        if (key !== 'probe' && key !== 'frame') return member.bind(target)
        return (sections: readonly Section[], ...rest: unknown[]) => {
          frames.set(host, (frames.get(host) ?? 0) + 1)
          return member.call(target, sections, ...rest)
        }
      },
    })
    proxies.set(remote, proxy)
    return proxy
  }
  const ports: EnginePorts = {
    emit: (body) => {
      const event = redactor.value(body)
      events.push(event)
      input.onEvent?.(event, interrupts, steering.port)
    },
    durable: async () => {
      if (input.durable === false) throw new UserError('the journal cannot be written')
    },
    connect: async (host, variables, mode) => {
      if (input.down?.includes(host)) throw new RemoteError('unreachable', host, `${host}: connection refused`)
      const target = resolveTarget(host, { ...variables, ansible_connection: 'local' })
      if (mode === 'check') {
        const session = await connector.connectReadOnly(target)
        return { mode, session: wrap(session, 'readOnly', (remote) => counted(host, remote)) }
      }
      const session = await connector.connect(target)
      return { mode, session: wrap(session, 'writable', (remote) => counted(host, remote)) }
    },
    answer: async () => ({ from: 'system' }),
    isLocal: () => true,
    upgrades: { recall: () => undefined, remember: async () => {}, forget: async () => {} },
    ...input.ports,
    plugin,
    filesFor: (playbookDir) => createControllerFiles({ playbookDir, assetsDir: path.resolve('assets') }),
    varsFile: loadVarsFile,
    fileExists: existsSync,
    inventoryVariables: (host) => input.vars?.(host) ?? {},
    keepLog: async () => ({ missing: 'not kept here' }),
    secret: (value) => void redactor.add(value),
    lockOwner: () => ({ run: 'test', who: 'test', process: { bootId: '', pid: process.pid, startTime: '' } }),
  }
  const planned = planPlaybooks({
    playbooks: [playbook],
    extraVars: {},
    tags: { only: [], skip: [] },
    select: (pattern) => selectHosts(pattern, inventory).hosts,
    limit: undefined,
    plugin,
  })
  await execute({
    playbooks: planned,
    hosts: inventory.hosts.keys(),
    groups: {},
    groupsOf: () => ['all'],
    ports,
    interrupts,
    steering,
    options: {
      mode: input.mode ?? 'apply',
      forks: input.forks ?? 10,
      diff: true,
      tags: { only: [], skip: [] },
      extraVars: {},
      limit: undefined,
      become: false,
      becomeUser: undefined,
      becomePassword: undefined,
      forecast: input.forecast,
    },
  })
  await connector.close()
  const results = (host: string): HostResult[] =>
    events.filter((event) => event.type === 'host_result' && event.host === host && !event.item) as HostResult[]
  return {
    events,
    dir,
    results,
    statuses: (host) => results(host).map(({ status }) => status),
    frames: (host) => frames.get(host) ?? 0,
  }
}

function wrap<T extends object>(session: T, method: keyof T & string, around: (remote: object) => object): T {
  return new Proxy(session, {
    get(target, key) {
      const member = Reflect.get(target, key, target) as unknown
      if (typeof member !== 'function') return member
      if (key !== method) return member.bind(target)
      return async (...rest: unknown[]) => around((await member.call(target, ...rest)) as object)
    },
  })
}
