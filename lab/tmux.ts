import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface TmuxOptions {
  readonly columns: number
  readonly rows: number
  readonly cwd: string
  readonly env?: { readonly [name: string]: string }
}

/** A real terminal for a program: a shell in a tmux server of its own, whose screen is read as text. */
export class Tmux {
  readonly #socket: string

  private constructor(socket: string) {
    this.#socket = socket
  }

  static async start({ columns, rows, cwd, env = {} }: TmuxOptions): Promise<Tmux> {
    const tmux = new Tmux(join(await mkdtemp(join(tmpdir(), 'upgrade-push-tmux-')), 'socket'))
    const variables = Object.entries({ LC_ALL: 'C.UTF-8', PS1: '$ ', ...env }).map(
      ([name, value]) => `${name}=${value}`,
    )
    const shell = [
      'env',
      '-u',
      'CI',
      '-u',
      'NO_COLOR',
      '-u',
      'FORCE_COLOR',
      ...variables,
      'bash',
      '--norc',
      '--noprofile',
    ]
    await tmux.#do('-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '-c', cwd, ...shell)
    return tmux
  }

  /** What the terminal shows, line by line. */
  async screen(): Promise<string> {
    return (await this.#do('capture-pane', '-p')).stdout
  }

  /** The same with colours as escape sequences. */
  async painted(): Promise<string> {
    return (await this.#do('capture-pane', '-p', '-e')).stdout
  }

  /** Keys by tmux's names, such as Enter and C-c, or text. */
  async keys(...keys: string[]): Promise<void> {
    await this.#do('send-keys', ...keys)
  }

  async type(text: string): Promise<void> {
    await this.#do('send-keys', '-l', text)
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#do('resize-window', '-x', `${columns}`, '-y', `${rows}`)
  }

  /** Waits until the screen matches; throws with the screen when it does not in time. */
  async until(what: RegExp, seconds = 60): Promise<string> {
    const end = Date.now() + seconds * 1000
    for (;;) {
      const shown = await this.screen()
      if (what.test(shown)) return shown
      if (Date.now() > end) throw new Error(`the terminal does not show ${what} after ${seconds} s:\n${shown}`)
      await sleep(200)
    }
  }

  /** The terminal goes away, as with a closed window. */
  async vanish(): Promise<void> {
    await this.#do('kill-server').catch(() => undefined)
    await rm(dirname(this.#socket), { recursive: true, force: true })
  }

  #do(...args: string[]) {
    return run('tmux', ['-S', this.#socket, ...args])
  }
}
