import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import type { Client, ConnectConfig } from 'ssh2'
import type { KeyJudge } from '../hostkeys/check.ts'
import type { Login } from '../login/plan.ts'
import { sanitise } from '../sanitise.ts'
import { RemoteError } from '../types.ts'
import { algorithms } from './algorithms.ts'
import { SshLink } from './link.ts'

/** Everything one hop needs. */
export interface Hop {
  /** Inventory name, for messages. */
  readonly host: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly family: 'any' | 'inet' | 'inet6'
  readonly login: Login
  readonly hostKey: KeyJudge
  /** Key types to ask for first. */
  readonly keyTypes: readonly string[]
  /** Through a jump host. */
  readonly socket?: Duplex | undefined
  /** From dialling to logged in. */
  readonly timeoutMs: number
  readonly aliveIntervalMs: number
  readonly aliveCountMax: number
  readonly signal?: AbortSignal | undefined
}

/** Dials, checks the host key, logs in. Rejects with RemoteError: unreachable, host_key, auth or aborted. */
export async function connectHop(hop: Hop): Promise<SshLink> {
  const where = `${hop.address} port ${hop.port}`
  const ssh = new NodeSSH()
  let refused: RemoteError | undefined
  let aborted = false
  const config: Parameters<NodeSSH['connect']>[0] = {
    host: hop.address,
    port: hop.port,
    username: hop.user,
    readyTimeout: hop.timeoutMs,
    keepaliveInterval: hop.aliveIntervalMs,
    keepaliveCountMax: hop.aliveCountMax,
    algorithms: algorithms(hop.keyTypes),
    authHandler: hop.login.handler,
    hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
      hop.hostKey.verify(key).then(
        () => verify(true),
        (error: RemoteError) => {
          refused = error
          verify(false)
        },
      )
    },
    ...(hop.family === 'inet' ? { forceIPv4: true } : hop.family === 'inet6' ? { forceIPv6: true } : {}),
    ...(hop.socket ? { sock: hop.socket as NonNullable<ConnectConfig['sock']> } : {}),
  }
  const connecting = ssh.connect(config)
  // There from the first moment, though only now is the promise under way.
  const client = ssh.connection as Client
  client.on('error', () => {})
  client.setNoDelay(true)
  const onAbort = () => {
    aborted = true
    client.destroy()
  }
  hop.signal?.addEventListener('abort', onAbort, { once: true })
  if (hop.signal?.aborted) onAbort()
  try {
    await connecting
    return new SshLink(client, hop.host)
  } catch (error) {
    client.destroy()
    if (aborted) throw new RemoteError('aborted', hop.host, 'cancelled by the operator')
    throw refused ?? translate(hop, where, error as Error & { level?: string; code?: string })
  } finally {
    hop.signal?.removeEventListener('abort', onAbort)
  }
}

const NETWORK: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ECONNREFUSED: ['the connection was refused', 'is sshd running there, on this port?'],
  ENOTFOUND: ['its name is not known', 'check ansible_host, or the name server'],
  EAI_AGAIN: ['its name could not be looked up', 'check the name server'],
  EHOSTUNREACH: ['there is no way to it', 'is the host up, and the network?'],
  ENETUNREACH: ['there is no way to its network', 'check the routes'],
  ETIMEDOUT: ['it does not answer', 'is the host up? Does a firewall drop the connection?'],
  ECONNRESET: ['it closed the connection', "see its sshd's log"],
}

function translate(
  { host, login, user, timeoutMs }: Hop,
  where: string,
  error: Error & { level?: string; code?: string },
): RemoteError {
  if (error.level === 'client-authentication') {
    return new RemoteError(
      'auth',
      host,
      `${user}@${where} refused the login: ${login.story}`,
      'check user, key and password (ansible_user, --private-key, -k)',
    )
  }
  if (error.level === 'client-timeout') {
    const seconds = Math.round(timeoutMs / 1000)
    return new RemoteError(
      'unreachable',
      host,
      `${where}: no SSH answer within ${seconds} s`,
      'is the host up? See --timeout',
    )
  }
  const [what, remedy] = NETWORK[error.code ?? ''] ?? [sanitise(error.message), undefined]
  // node-ssh calls every close before the login a time-out, whatever its cause.
  if (error.message === 'No response from server') {
    return new RemoteError(
      'unreachable',
      host,
      `${where}: it closed the connection before the login`,
      "see its sshd's log",
    )
  }
  return new RemoteError('unreachable', host, `${where}: ${what}`, remedy)
}
