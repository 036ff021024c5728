import { UserError } from '../diagnostics/diagnostic.ts'
import { closest } from '../diagnostics/suggest.ts'

/** The flags of a command line, by their names without dashes. */
export interface KnownFlags {
  readonly names: readonly string[]
  /** Those that are on or off and take no value, with their letters. */
  readonly switches: ReadonlySet<string>
}

/** What fingers that know ansible-playbook type, and what to do here. */
const ANSIBLE_ONLY: { readonly [name: string]: string } = {
  'start-at-task': 'run the whole playbook: steps that are done change nothing; or choose tasks with --tags',
  step: 'look first with --check --diff, then run one host with --limit',
  'become-method': 'it is always sudo; its path and flags are ansible_become_exe and ansible_become_flags',
  connection: 'set ansible_connection (ssh or local) in the inventory',
  c: 'set ansible_connection (ssh or local) in the inventory',
  'ssh-common-args': 'set ansible_ssh_common_args in the inventory',
  'ssh-extra-args': 'set ansible_ssh_extra_args in the inventory',
  'list-tags': 'upgrade-push --list-tasks shows the tags of each task',
  'flush-cache': 'there is no cache: facts are gathered in every run',
  'force-handlers': 'there are no handlers yet',
  'ask-vault-pass': 'files encrypted with ansible-vault can not be read yet',
  'ask-vault-password': 'files encrypted with ansible-vault can not be read yet',
  'vault-password-file': 'files encrypted with ansible-vault can not be read yet',
  'vault-id': 'files encrypted with ansible-vault can not be read yet',
  J: 'files encrypted with ansible-vault can not be read yet',
  'module-path': 'task plugins are found with --plugin-path',
  M: 'task plugins are found with --plugin-path',
}

/** The commands that have a help of their own, longer names first. */
const COMMANDS = ['runs show', 'runs', 'resume', 'watch', 'control', 'inventory']

/** Where to read on: in the help of the command that was typed. */
function helpFor(args: readonly string[]): string {
  const command = COMMANDS.find((words) => words.split(' ').every((word, index) => args[index] === word))
  return `see: upgrade-push ${command === undefined ? '' : `${command} `}--help`
}

/**
 * Refuses what the argument parser would take for something else. `--check=yes`, `-C=1` and `--check false` would turn the check into an
 * apply: any value but `true` counts as false. A mistyped option would swallow the playbook behind it. Throws a usage error.
 */
export function refuseMisleading(args: readonly string[], { names, switches }: KnownFlags): void {
  let before: string | undefined
  for (const arg of args) {
    if (arg === '--') return
    const long = /^--([^=]+)/.exec(arg)?.[1]
    if (long !== undefined && !names.includes(long)) throw unknownOption(long, names, helpFor(args))
    const valued = /^(?:--([^=]+)|-[A-Za-z]*([A-Za-z]))=/.exec(arg)
    const given = valued?.[1] ?? valued?.[2] ?? (/^(true|false)$/.test(arg) ? before : undefined)
    if (given !== undefined && switches.has(given))
      throw usage(`${dashed(given)} takes no value`, `write ${dashed(given)} alone, or leave it out`)
    before = long ?? /^-[A-Za-z]*([A-Za-z])$/.exec(arg)?.[1]
  }
}

/** `runz` would be taken for a playbook, and miss its inventory. Throws a usage error. */
export function refuseMistypedCommand([word = '']: readonly string[], exists: (path: string) => boolean): void {
  if (word.startsWith('-') || COMMANDS.includes(word)) return
  const near = closest(word, COMMANDS)
  if (near === undefined || exists(word)) return
  throw usage(`there is neither a command nor a playbook "${word}"`, `did you mean "${near}"?`)
}

/** What the argument parser found wrong, in one line of ours with what to do. `args`: the words that it was given. */
export function usageError(said: string, { names }: KnownFlags, args: readonly string[] = []): UserError {
  const help = helpFor(args)
  const unknown = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(said)?.[1]
  if (unknown !== undefined && args.includes(unknown)) return usage(`a word too many: "${unknown}"`, help)
  if (unknown !== undefined) return unknownOption(unknown, names, help)
  if (/^Not enough non-option arguments/.test(said)) {
    return usage('no playbook', 'name one: upgrade-push -i INVENTORY PLAYBOOK...')
  }
  const valueless = /^Not enough arguments following: (\S+)/.exec(said)?.[1]
  if (valueless === 'rerun')
    return usage('--rerun needs two words', 'write --rerun WHAT RUN, such as: --rerun failed last')
  if (valueless !== undefined) return usage(`${dashed(valueless)} needs a value`, help)
  const choice = /Argument: (\S+), Given: ("[\s\S]*?"), Choices: (.+)/.exec(said)
  if (choice) {
    return usage(`--${choice[1]}: ${choice[2]} is not among: ${choice[3]?.replaceAll('"', '')}`, help)
  }
  return usage(said.split('\n').join(' '), help)
}

function unknownOption(word: string, names: readonly string[], help: string): UserError {
  const instead = ANSIBLE_ONLY[word]
  if (instead !== undefined) return usage(`${dashed(word)} of ansible-playbook does not exist here`, instead)
  if (names.includes(word)) return usage(`${dashed(word)} does not belong to this command`, help)
  const long = names.filter((name) => name.length > 1)
  const near = word.length > 1 ? closest(word, long) : undefined
  return usage(`unknown option: ${dashed(word)}`, near === undefined ? help : `did you mean "--${near}"?`)
}

function usage(message: string, hint: string): UserError {
  return new UserError({ message, hint }, 'usage')
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}
