import type { AnyAuthMethod, AuthenticationType, NextAuthHandler, ParsedKey } from 'ssh2'
import { fingerprint } from '../hostkeys/fingerprint.ts'
import { OfferedKeys } from './agent.ts'

/** One way to log in, as it is offered to the server and named in messages. */
interface Attempt {
  readonly label: string
  /** The server's name for it. */
  readonly kind: 'publickey' | 'password' | 'keyboard-interactive'
  readonly method: AnyAuthMethod
}

/** What there is to log in with. */
export interface Credentials {
  readonly user: string
  readonly keys: readonly { readonly path: string; readonly key: ParsedKey }[]
  readonly agent?: { readonly socket: string; readonly keys: readonly ParsedKey[] } | undefined
  readonly password?: string | undefined
  readonly passwordMethods: readonly ('password' | 'keyboard-interactive')[]
}

/** How one connection logs in. */
export interface Login {
  /** ssh2's `authHandler`. The list of what the server allows is absent the first time. */
  readonly handler: (allowed: AuthenticationType[] | null, partial: boolean | null, next: NextAuthHandler) => void
  /** What was offered and what the server would take, for the message of a refusal. */
  readonly story: string
}

/** The order in which one login offers its credentials: keys, agent, password, keyboard-interactive. For one connection only. */
export class LoginPlan implements Login {
  readonly #left: Attempt[]
  readonly #tried: string[] = []
  #allowed: readonly string[] = []

  constructor(credentials: Credentials) {
    this.#left = attempts(credentials)
  }

  readonly handler = (allowed: AuthenticationType[] | null, _partial: boolean | null, next: NextAuthHandler): void => {
    if (allowed) this.#allowed = allowed
    const index = this.#left.findIndex(({ kind }) => !allowed || allowed.includes(kind))
    const [attempt] = index < 0 ? [] : this.#left.splice(index, 1)
    if (attempt) this.#tried.push(attempt.label)
    next(attempt ? attempt.method : (false as unknown as AuthenticationType))
  }

  get story(): string {
    const tried = this.#tried.length > 0 ? `tried ${this.#tried.join(', ')}` : 'there was nothing to try'
    return this.#allowed.length > 0 ? `${tried}; the server takes ${this.#allowed.join(', ')}` : tried
  }
}

function attempts({ user: username, keys, agent, password, passwordMethods }: Credentials): Attempt[] {
  const list: Attempt[] = keys.map(({ path, key }) => ({
    label: `key ${path} (${fingerprint(key.getPublicSSH())})`,
    kind: 'publickey',
    method: { type: 'publickey', username, key },
  }))
  if (agent && agent.keys.length > 0) {
    list.push({
      label: `${agent.keys.length} key(s) of the agent`,
      kind: 'publickey',
      method: { type: 'agent', username, agent: new OfferedKeys(agent.socket, agent.keys) },
    })
  }
  if (password === undefined) return list
  if (passwordMethods.includes('password')) {
    list.push({ label: 'password', kind: 'password', method: { type: 'password', username, password } })
  }
  if (passwordMethods.includes('keyboard-interactive')) {
    list.push({
      label: 'keyboard-interactive',
      kind: 'keyboard-interactive',
      method: { type: 'keyboard-interactive', username, prompt: answerOnce(password) },
    })
  }
  return list
}

type Prompt = Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt']

/** Gives the password to the first hidden prompt that stands alone, and nothing to anything else. */
function answerOnce(password: string): Prompt {
  let given = false
  return (_name, _instructions, _language, prompts, finish) => {
    const [only, ...more] = prompts
    const answer = !given && only !== undefined && more.length === 0 && only.echo === false
    given ||= answer
    finish(answer ? [password] : prompts.map(() => ''))
  }
}
