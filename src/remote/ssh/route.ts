import type { HostKeyRules } from '../hostkeys/check.ts'
import type { HostTarget } from '../target.ts'
import { RemoteError } from '../types.ts'
import { SshArgumentError } from './arguments.ts'
import type { SshConfig } from './config.ts'
import { expandPath, type Route } from './expand.ts'
import { type SshSettings, UnsupportedSetting } from './settings.ts'

/** One hop of the way to a host, with everything configuration says about it. */
export interface PlannedHop {
  readonly route: Route
  readonly settings: SshSettings
  /** Named by inventory or command line; must be usable. */
  readonly identityFiles: readonly string[]
  readonly password?: string | undefined
  readonly hostKeys: HostKeyRules
}

/** Jump hosts may themselves have jump hosts in ssh_config; beyond this many it is a loop. */
const MOST_HOPS = 8

/**
 * The way to a host: jump hosts first, the host last. Rejects with RemoteError `unreachable`, naming the host and what can't be honoured.
 * As in OpenSSH, a jump host gets its settings from ssh_config, not from what was said about the target.
 */
export async function planRoute(target: HostTarget, config: SshConfig, acceptNew: boolean): Promise<PlannedHop[]> {
  try {
    const last = await planHop(target, config, acceptNew)
    const hops = [last]
    for (let jump = last.settings.proxyJump; jump; ) {
      const specs = jump.split(',')
      const nearest = jumpTarget(target, specs.pop() as string)
      const hop = await planHop(nearest, config, acceptNew)
      hops.unshift(hop)
      if (hops.length > MOST_HOPS) throw new UnsupportedSetting(`the jump hosts (${jump}) lead in a circle`)
      // A list given for the host says it all; the jump host's own ProxyJump counts only for the first of it.
      jump = specs.length > 0 ? specs.join(',') : hop.settings.proxyJump
    }
    return hops
  } catch (error) {
    if (!(error instanceof UnsupportedSetting || error instanceof SshArgumentError)) throw error
    throw new RemoteError('unreachable', target.name, error.message, 'docs/connections.md lists what is supported')
  }
}

async function planHop(target: HostTarget, config: SshConfig, acceptNew: boolean): Promise<PlannedHop> {
  const settings = await config.settings(target)
  const route: Route = { alias: target.address, hostname: settings.hostname, port: settings.port, user: settings.user }
  const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles].map((file) =>
    expandPath(file, route),
  )
  return {
    route,
    settings,
    identityFiles: [...(target.privateKeyFile ? [target.privateKeyFile] : []), ...target.ssh.identityFiles],
    password: target.password,
    hostKeys: {
      policy: policy(target, settings, acceptNew),
      files,
      alias: settings.hostKeyAlias,
      hash: settings.hashKnownHosts,
    },
  }
}

function policy(target: HostTarget, settings: SshSettings, acceptNew: boolean): HostKeyRules['policy'] {
  if (target.hostKeyChecking === false || settings.strictHostKeyChecking === 'no') return 'off'
  return acceptNew || settings.strictHostKeyChecking === 'accept-new' ? 'accept-new' : 'strict'
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`, with the target's -F file. */
function jumpTarget(target: HostTarget, text: string): HostTarget {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?\/?$/.exec(text.trim())
  const address = match?.[2] ?? match?.[3]
  if (!match || !address || address.startsWith('-'))
    throw new UnsupportedSetting(`"${text}" is no jump host ([user@]host[:port])`)
  return {
    name: target.name,
    address,
    connection: 'ssh',
    user: match[1],
    port: match[4] === undefined ? undefined : Number(match[4]),
    ssh: { options: [], identityFiles: [], configFile: target.ssh.configFile },
    become: {},
  }
}
