import os from 'node:os'
import { join } from 'node:path'
import type { Hands } from '../engine/executor.ts'
import type { ControllerPorts, EnginePorts, OpenSession } from '../engine/ports.ts'
import { stateDir } from '../events/state-dir.ts'
import { Connector } from '../remote/connector.ts'
import { processIdentity } from '../remote/lock/holder.ts'
import { resolveTarget } from '../remote/target.ts'
import type { RunOptions } from './options.ts'
import { askSecret } from './prompt.ts'
import { UpgradeFiles } from './upgrade-memory.ts'

/** The way to the hosts of a run. */
export interface Hosts {
  hands(ports: ControllerPorts): Hands
  close(): Promise<void>
}

/** Binds the SSH layer to what the command line says. */
export function hostConnections(
  options: RunOptions,
  context: {
    readonly run: string
    readonly user: string
    readonly loginPassword: string | undefined
    /** Asks for what opens a key file; see passphrases. */
    readonly passphrase: (path: string) => Promise<string | undefined>
    readonly secret: (value: string) => void
    readonly notice: (host: string, text: string) => void
  },
): Hosts {
  const connector = new Connector({
    acceptNewHostKeys: options.acceptNewHostKeys,
    secrets: { passphrase: context.passphrase },
    imageKeys: [join(stateDir(), 'keys', 'upgrade_ed25519')],
    onNotice: context.notice,
  })
  const defaults = {
    user: options.user,
    privateKeyFile: options.privateKey,
    password: context.loginPassword,
    connectTimeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
  }
  const way: Omit<EnginePorts, keyof ControllerPorts> = {
    upgrades: new UpgradeFiles(join(stateDir(), 'hosts')),
    connect: async (host, variables, mode, signal): Promise<OpenSession> => {
      const target = resolveTarget(host, variables, defaults)
      if (target.password !== undefined) context.secret(target.password)
      return mode === 'check'
        ? { mode, session: await connector.connectReadOnly(target, { signal }) }
        : { mode, session: await connector.connect(target, { signal }) }
    },
    answer: async (host, variables, image, signal) => {
      const target = resolveTarget(host, variables, defaults)
      if (target.password !== undefined) context.secret(target.password)
      return connector.answer(target, image, { signal })
    },
    isLocal: (host, variables) => resolveTarget(host, variables, defaults).connection === 'local',
    lockOwner: () => ({
      run: context.run,
      who: `${context.user}@${os.hostname()}`,
      process: processIdentity(),
      force: options.takeOver,
    }),
  }
  return { hands: (ports) => ({ ports: { ...ports, ...way } }), close: () => connector.close() }
}

/** Asks once for each key file, one question at a time; where nobody can answer the key is not used. */
export function passphrases(secret: (value: string) => void): (path: string) => Promise<string | undefined> {
  const asked = new Map<string, Promise<string | undefined>>()
  let last: Promise<unknown> = Promise.resolve()
  return (path) => {
    let answer = asked.get(path)
    if (!answer) {
      answer = last.then(async () => {
        if (!process.stdin.isTTY) return undefined
        const phrase = await askSecret(`Passphrase of ${path}`)
        secret(phrase)
        return phrase
      })
      asked.set(path, answer)
      last = answer.catch(() => undefined)
    }
    return answer
  }
}
