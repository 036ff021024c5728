import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommandOptions, type Output, run } from '../command.ts'
import { pidNamespace, pidsIn, signal, until } from '../processes.ts'
import { greets, initPid } from './host.ts'
import { type PlannedHost, SSH_PORT } from './plan.ts'
import type { RunFiles } from './run-files.ts'

/** What a test can do to one host from outside. */
export interface HostControl {
  name: string
  address: string
  port: number
  /**
   * The host's tree as seen from outside, with its mounts: /proc/<pid>/root. Absolute links in it lead out of it, so read
   * it with lstat and readlink alone. @throws Error when the host does not run.
   */
  root(): Promise<string>
  /** Runs a command in the host as root, past SSH. @throws CommandError when it fails. */
  exec(argv: readonly [string, ...string[]], options?: CommandOptions): Promise<Output>
  /** The SSH server goes, and with it, unless told otherwise, every session: links die at once. */
  stopSshd(options?: { keepSessions?: boolean }): Promise<void>
  startSshd(): Promise<void>
  /** Ends every session but not the server: each link dies, a new one can be made. */
  dropSessions(): Promise<void>
  /** The network goes silent: the SSH server and its sessions stop answering, no link is closed. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/** Processes of the SSH server in a host, by whether they are its listener. */
function sshdPids(init: number): { listener: number[]; sessions: number[] } {
  const found = { listener: [] as number[], sessions: [] as number[] }
  for (const pid of pidsIn(new Set([pidNamespace(init) ?? '']))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'sshd\n') continue
      const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      found[title.includes('[listener]') ? 'listener' : 'sessions'].push(pid)
    } catch {
      // ended while we looked
    }
  }
  return found
}

/** A handle on a running host. */
export function hostControl(host: PlannedHost, files: RunFiles): HostControl {
  const init = async () => {
    const pid = await initPid(files, host.name)
    if (pid === undefined) throw new Error(`the host '${host.name}' does not run`)
    return pid
  }
  const off = async () => join(`/proc/${await init()}/root`, 'run/lab/sshd-off')
  const kill = async (which: ('listener' | 'sessions')[], name: NodeJS.Signals) => {
    const pids = sshdPids(await init())
    for (const pid of which.flatMap((kind) => pids[kind])) signal(pid, name)
  }
  const listening = (wanted: boolean) =>
    until(`${host.name}: SSH server ${wanted ? 'up' : 'gone'}`, 30, async () =>
      (await greets(host.address, SSH_PORT)) === wanted ? true : undefined,
    )
  return {
    name: host.name,
    address: host.address,
    port: SSH_PORT,
    root: async () => `/proc/${await init()}/root`,
    async exec(argv, options) {
      const enter = ['--mount', '--uts', '--ipc', '--pid', '--target', `${await init()}`]
      const env = ['HOME=/root', 'LANG=C.UTF-8', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']
      return run(['nsenter', ...enter, '--wdns=/root', 'env', '-i', ...env, ...argv], options)
    },
    async stopSshd({ keepSessions = false } = {}) {
      await writeFile(await off(), '')
      await kill(keepSessions ? ['listener'] : ['listener', 'sessions'], 'SIGKILL')
      await listening(false)
    },
    async startSshd() {
      await rm(await off(), { force: true })
      await listening(true)
    },
    dropSessions: () => kill(['sessions'], 'SIGKILL'),
    freeze: () => kill(['listener', 'sessions'], 'SIGSTOP'),
    thaw: () => kill(['listener', 'sessions'], 'SIGCONT'),
  }
}
