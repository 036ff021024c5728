import type { ParsedKey } from 'ssh2'
import { expandPath, type Route } from '../ssh/expand.ts'
import { areDefaultIdentities, type SshSettings } from '../ssh/settings.ts'
import type { Agents } from './agent.ts'
import { KeyError, type KeyFiles } from './keyFile.ts'
import type { Credentials } from './plan.ts'

/** What a host's variables and ssh arguments name, beside ssh_config. */
export interface NamedCredentials {
  /** Must be usable: the inventory or the command line names them. */
  readonly identityFiles: readonly string[]
  readonly password?: string | undefined
}

/** Credentials, and what was passed over and why. */
export interface Gathered {
  readonly credentials: Credentials
  readonly notes: readonly string[]
}

/**
 * Collects everything a login may use before it connects, so that nobody types a passphrase while a server's clock runs.
 * A key named by inventory or command line that can't be used rejects with KeyError; one of ssh_config's is noted and passed over.
 */
export async function gatherCredentials(
  named: NamedCredentials,
  settings: SshSettings,
  route: Route,
  { files, agents }: { readonly files: KeyFiles; readonly agents: Agents },
): Promise<Gathered> {
  const notes: string[] = []
  const socket = agentSocket(settings, route)
  const agent = settings.publicKey && socket ? await agents.at(socket) : undefined
  const held = new Set(agent?.keys.map((key) => key.getPublicSSH().toString('base64')))
  const explicit = named.identityFiles.map((path) => expandPath(path, route))
  const defaults = areDefaultIdentities(settings.identityFiles)
  // As in ssh: what it tries by itself does not count once a key is named.
  const configured =
    explicit.length > 0 && defaults ? [] : settings.identityFiles.map((path) => expandPath(path, route))
  const keys: { path: string; key: ParsedKey }[] = []
  const locked: string[] = []
  for (const path of settings.publicKey ? new Set([...explicit, ...configured]) : []) {
    try {
      const file = await files.read(path)
      if ('key' in file) keys.push({ path, key: file.key })
      else if (held.has(await files.publicPart(path))) continue
      else if (explicit.includes(path) || !defaults) keys.push({ path, key: await files.load(path) })
      else locked.push(path)
    } catch (error) {
      if (!(error instanceof KeyError) || explicit.includes(path)) throw error
      if (error.kind !== 'missing') notes.push(error.message)
    }
  }
  // A locked key of ssh's own choice is worth a question only when there is nothing else to try.
  if (keys.length === 0 && held.size === 0 && named.password === undefined) {
    for (const path of locked) keys.push({ path, key: await files.load(path) })
  } else notes.push(...locked.map((path) => `the key ${path} is locked by a passphrase`))
  const wanted =
    agent && settings.identitiesOnly
      ? new Set(await Promise.all([...explicit, ...configured].map((path) => files.publicPart(path))))
      : undefined
  const offered = agent?.keys.filter((key) => !wanted || wanted.has(key.getPublicSSH().toString('base64')))
  const credentials: Credentials = {
    user: route.user,
    keys,
    agent: agent && { socket: agent.socket, keys: offered ?? [] },
    password: named.password,
    passwordMethods: [
      ...(settings.password ? (['password'] as const) : []),
      ...(settings.keyboardInteractive ? (['keyboard-interactive'] as const) : []),
    ],
  }
  return { credentials, notes }
}

function agentSocket({ identityAgent }: SshSettings, route: Route): string | undefined {
  if (identityAgent === 'none') return undefined
  if (identityAgent === undefined || identityAgent === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK
  return identityAgent.startsWith('$') ? process.env[identityAgent.slice(1)] : expandPath(identityAgent, route)
}
