import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import PQueue from 'p-queue'
import { SshArgumentError, type SshArguments } from './arguments.ts'
import { parseSettings, type SshSettings } from './settings.ts'
import { configIsUniform } from './uniform.ts'

const run = promisify(execFile)

/** What is asked of ssh_config: one host with what the command line would say about it. */
export interface SshQuestion {
  readonly address: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly ssh: SshArguments
}

/** A name that no Host pattern but `*` matches, asked for where all hosts have the same answer. */
const ANY_HOST = 'upgrade-push-any-host.invalid'

/**
 * ~/.ssh/config and /etc/ssh/ssh_config by OpenSSH itself (`ssh -G`), so that its precedence, Match and Include hold.
 * Each question is asked once. Where the configuration says the same for every host, one answer serves the fleet.
 */
export class SshConfig {
  readonly #answers = new Map<string, Promise<SshSettings>>()
  readonly #uniform = new Map<string, Promise<boolean>>()
  readonly #queue = new PQueue({ concurrency: 8 })
  readonly #home: string

  constructor(home: string) {
    this.#home = home
  }

  /** Throws UnsupportedSetting, or Error with ssh's own words. */
  async settings(question: SshQuestion): Promise<SshSettings> {
    const { address, ssh } = question
    const file = ssh.configFile ?? ''
    let uniform = this.#uniform.get(file)
    if (!uniform) {
      uniform = configIsUniform(ssh.configFile, this.#home)
      this.#uniform.set(file, uniform)
    }
    if (!(await uniform)) return this.#ask(question)
    const answer = await this.#ask({ ...question, address: ANY_HOST })
    return answer.hostname === ANY_HOST ? { ...answer, hostname: address } : answer
  }

  #ask(question: SshQuestion): Promise<SshSettings> {
    const argv = commandLine(question)
    const key = argv.join('\0')
    let answer = this.#answers.get(key)
    if (!answer) {
      answer = this.#queue.add(() => ask(argv)) as Promise<SshSettings>
      this.#answers.set(key, answer)
    }
    return answer
  }
}

function commandLine({ address, user, port, ssh }: SshQuestion): string[] {
  const words = ssh.configFile === undefined ? [] : ['-F', ssh.configFile]
  // First given wins: what the inventory says about user and port goes before its ssh arguments.
  if (user !== undefined) words.push('-o', `User=${user}`)
  if (port !== undefined) words.push('-o', `Port=${port}`)
  for (const [name, value] of ssh.options) words.push('-o', `${name}=${value}`)
  return [...words, '-G', '--', address]
}

async function ask(argv: readonly string[]): Promise<SshSettings> {
  try {
    const { stdout } = await run('ssh', argv, { timeout: 10_000, maxBuffer: 1 << 20 })
    return parseSettings(stdout)
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT')
      throw new SshArgumentError('ssh', 'the program ssh is needed to read ssh_config, but is not installed')
    if (stderr) throw new SshArgumentError('ssh', `ssh -G: ${stderr.trim().split('\n').at(-1)}`)
    throw error
  }
}
