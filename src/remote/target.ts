import { UserError } from '../diagnostics/diagnostic.ts'
import type { Value, ValueMap } from '../expression/values.ts'
import { parseSshArguments, type SshArguments } from './ssh/arguments.ts'

/** What the command line says about connecting; a host's variables win over it. */
export interface ConnectionDefaults {
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly privateKeyFile?: string | undefined
  /** Asked for by `-k`. */
  readonly password?: string | undefined
  /** Asked for by `-K`. */
  readonly becomePassword?: string | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly connection?: 'ssh' | 'local' | undefined
  readonly sshArguments?: string | undefined
}

/** How to become another user on a host, as its variables say; a play's keywords fill the gaps. */
export interface BecomeVariables {
  readonly wanted?: boolean | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly exe?: string | undefined
  readonly flags?: string | undefined
}

/** How a host is to be reached, as inventory and command line say, before ~/.ssh/config is asked. */
export interface HostTarget {
  /** Inventory name: the host in every message. */
  readonly name: string
  /** What ssh is told to connect to; ~/.ssh/config may map it. */
  readonly address: string
  readonly connection: 'ssh' | 'local'
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly privateKeyFile?: string | undefined
  readonly ssh: SshArguments
  readonly hostKeyChecking?: boolean | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly become: BecomeVariables
}

/** Variables that concern ssh in ways we have no counterpart for. Set to anything else than these values, they are refused. */
const WITHOUT_COUNTERPART: Readonly<Record<string, readonly string[]>> = {
  ansible_ssh_executable: ['ssh', '/usr/bin/ssh'],
  ansible_sftp_extra_args: [''],
  ansible_scp_extra_args: [''],
  ansible_ssh_use_tty: ['true', 'false'],
  ansible_shell_type: ['sh', 'bash', 'dash', 'ash'],
  ansible_become_method: ['sudo', 'ansible.builtin.sudo'],
}

/** Reads a host's behavioural variables. Pure. Throws UserError naming the host, the variable and what is wrong with it. */
export function resolveTarget(host: string, vars: ValueMap, defaults: ConnectionDefaults = {}): HostTarget {
  const read = new Reader(host, vars)
  for (const [name, allowed] of Object.entries(WITHOUT_COUNTERPART)) read.oneOf(name, allowed)
  const connection = read.text('ansible_connection')?.replace(/^(ansible\.builtin|ansible\.netcommon)\./, '')
  if (connection !== undefined && !['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'local'].includes(connection)) {
    read.fail('ansible_connection', `"${connection}" is not supported`, 'expected one of: ssh, local')
  }
  return {
    name: host,
    address: read.text('ansible_host', 'ansible_ssh_host') ?? host,
    connection: connection === 'local' ? 'local' : connection ? 'ssh' : (defaults.connection ?? 'ssh'),
    port: read.port('ansible_port', 'ansible_ssh_port') ?? defaults.port,
    user: read.text('ansible_user', 'ansible_ssh_user') ?? defaults.user,
    password: read.text('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? defaults.password,
    privateKeyFile: read.text('ansible_private_key_file', 'ansible_ssh_private_key_file') ?? defaults.privateKeyFile,
    ssh: read.sshArguments(defaults.sshArguments),
    hostKeyChecking: read.flag('ansible_ssh_host_key_checking', 'ansible_host_key_checking'),
    connectTimeoutMs: read.seconds('ansible_ssh_timeout', 'ansible_timeout') ?? defaults.connectTimeoutMs,
    become: {
      wanted: read.flag('ansible_become'),
      user: read.text('ansible_become_user', 'ansible_sudo_user'),
      password:
        read.text('ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass') ?? defaults.becomePassword,
      exe: read.text('ansible_become_exe', 'ansible_sudo_exe'),
      flags: read.text('ansible_become_flags', 'ansible_sudo_flags'),
    },
  }
}

/** Typed reading of variables: the first name that is set wins. */
class Reader {
  readonly #host: string
  readonly #vars: ValueMap

  constructor(host: string, vars: ValueMap) {
    this.#host = host
    this.#vars = vars
  }

  fail(name: string, what: string, hint?: string): never {
    throw new UserError({ message: `host ${this.#host}: ${name}: ${what}`, hint })
  }

  #first(names: readonly string[]): [string, Value] | undefined {
    for (const name of names) {
      const value = this.#vars[name]
      if (value !== undefined && value !== null && value !== '') return [name, value]
    }
    return undefined
  }

  text(...names: string[]): string | undefined {
    const found = this.#first(names)
    if (!found) return undefined
    const [name, value] = found
    if (typeof value !== 'string' && typeof value !== 'number') this.fail(name, 'must be a text')
    const text = String(value)
    if (/[\0\n\r]/.test(text)) this.fail(name, 'must be one line')
    // What begins with a dash could be taken for an option by the programs it is handed to.
    if (text.startsWith('-') && !/_args$|_flags$|_pass|password/.test(name)) this.fail(name, 'must not begin with "-"')
    return text
  }

  port(...names: string[]): number | undefined {
    const found = this.#first(names)
    if (!found) return undefined
    const port = Number(found[1])
    if (!Number.isInteger(port) || port < 1 || port > 65535) this.fail(found[0], 'must be a port number, 1 to 65535')
    return port
  }

  seconds(...names: string[]): number | undefined {
    const found = this.#first(names)
    if (!found) return undefined
    const seconds = Number(found[1])
    if (!(seconds > 0 && seconds <= 3600)) this.fail(found[0], 'must be a number of seconds, up to 3600')
    return seconds * 1000
  }

  flag(...names: string[]): boolean | undefined {
    const found = this.#first(names)
    if (!found) return undefined
    const word = String(found[1]).toLowerCase()
    if (['true', 'yes', 'on', '1', 'y', 't'].includes(word)) return true
    if (['false', 'no', 'off', '0', 'n', 'f'].includes(word)) return false
    return this.fail(found[0], 'must be true or false')
  }

  oneOf(name: string, allowed: readonly string[]): void {
    const found = this.#first([name])
    if (!found || allowed.includes(String(found[1]).toLowerCase())) return
    this.fail(name, `"${String(found[1])}" is not supported`, allowed[0] && `expected one of: ${allowed.join(', ')}`)
  }

  /** `ansible_ssh_args`, then common, then extra: the order in which ansible puts them on ssh's command line. */
  sshArguments(defaults: string | undefined): SshArguments {
    const parts = ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'].map((name) => {
      const text = this.text(name)
      return { name, text: text ?? (name === 'ansible_ssh_common_args' ? defaults : undefined) }
    })
    const parsed = parts.map(({ name, text }) => {
      try {
        return parseSshArguments(text ?? '')
      } catch (error) {
        return this.fail(name, (error as Error).message, 'what can be used is listed in docs/connections.md')
      }
    })
    return {
      options: parsed.flatMap(({ options }) => options),
      identityFiles: parsed.flatMap(({ identityFiles }) => identityFiles),
      configFile: parsed.find(({ configFile }) => configFile !== undefined)?.configFile,
    }
  }
}
