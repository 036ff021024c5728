import { argv } from './quote.ts'
import { lastLine } from './sanitise.ts'
import { splitWords } from './ssh/words.ts'
import { type Become, RemoteError } from './types.ts'
import { freshNonce } from './wire/frame.ts'
import type { NoGreeting } from './wire/open.ts'
import type { Pipe } from './wire/pipe.ts'

/** One use of sudo: the command line around a program, the answer to its prompt, and what its failures mean. */
export class Sudo {
  readonly #host: string
  readonly #become: Become
  readonly #prompt = `upgrade-push-${freshNonce()}:`
  #answered = false

  constructor(host: string, become: Become) {
    this.#host = host
    this.#become = become
  }

  /** The program run as the other user. Messages come in English, and sudo asks only when there is a password to give. */
  command(program: readonly string[]): string {
    const { exe = 'sudo', flags = '-H', user, password } = this.#become
    const given = splitWords(flags).filter((word) => word !== '-S' && word !== '-n')
    const asking = password === undefined ? ['-n'] : ['-S', '-p', this.#prompt]
    return `exec ${argv(['env', 'LC_ALL=C', exe, ...given, ...asking, '-u', user, '--', ...program])}`
  }

  /** Watches stderr: writes the password once, after exactly our prompt. A second prompt means that it was wrong. */
  readonly early = (stderr: Buffer, pipe: Pipe): void => {
    const { password } = this.#become
    if (password === undefined) return
    const prompts = stderr.toString('latin1').split(this.#prompt).length - 1
    if (prompts > 1) throw this.#error('the password was not accepted', 'check ansible_become_password, or -K')
    if (prompts === 1 && !this.#answered) {
      this.#answered = true
      pipe.stdin.write(`${password}\n`)
    }
  }

  /** Why there is no shell of the other user. */
  failure({ stderr, code, timedOut }: NoGreeting): RemoteError {
    const { user, exe = 'sudo' } = this.#become
    const text = stderr.replaceAll(this.#prompt, '')
    if (/must have a tty/.test(text)) {
      return this.#error('it insists on a terminal (requiretty)', "add 'Defaults !requiretty' for this user to sudoers")
    }
    if (/not in the sudoers|not allowed to|may not run/.test(text)) {
      return this.#error(`the login user may not become ${user}`, 'allow it in sudoers, or log in as another user')
    }
    if (/password is required|no password was provided/.test(text)) {
      return this.#error(
        'it wants a password and none was given',
        'give one with -K or ansible_become_password, or allow NOPASSWD',
      )
    }
    if (/incorrect password|try again/.test(text)) {
      return this.#error('the password was not accepted', 'check ansible_become_password, or -K')
    }
    if (/unknown user/.test(text)) return this.#error(`there is no user ${user} on the host`, 'check become_user')
    if (code === 127) return this.#error(`there is no ${exe} on the host`, 'install sudo, or log in as root')
    if (timedOut) {
      const why = this.#answered ? 'after the password' : 'it did not ask for a password in the way it was told to'
      return this.#error(`no answer (${why})`, 'look at the PAM set-up of sudo on the host')
    }
    return this.#error(lastLine(text) || `it ended with code ${code}`, undefined)
  }

  #error(what: string, remedy: string | undefined): RemoteError {
    return new RemoteError('become', this.#host, `sudo: ${what}`, remedy)
  }
}
