import { closest } from '../../diagnostics/suggest.ts'
import { splitWords } from './words.ts'

/** The part of an ssh command line that is honoured, normalised to what `ssh` itself takes. */
export interface SshArguments {
  /** `-o` options in order; the first of a name wins, as in ssh. Names in lower case. */
  readonly options: readonly (readonly [name: string, value: string])[]
  /** `-F` file, or `none`. */
  readonly configFile?: string | undefined
  readonly identityFiles: readonly string[]
}

/** An ssh argument that can't be honoured. */
export class SshArgumentError extends Error {
  override name = 'SshArgumentError'
  readonly word: string

  constructor(word: string, message: string) {
    super(message)
    this.word = word
  }
}

/** Options that change what we do. */
const HONOURED = new Set([
  'addressfamily',
  'connecttimeout',
  'globalknownhostsfile',
  'hashknownhosts',
  'hostkeyalias',
  'hostname',
  'identitiesonly',
  'identityagent',
  'identityfile',
  'kbdinteractiveauthentication',
  'passwordauthentication',
  'port',
  'preferredauthentications',
  'proxyjump',
  'pubkeyauthentication',
  'serveralivecountmax',
  'serveraliveinterval',
  'stricthostkeychecking',
  'user',
  'userknownhostsfile',
])

/** Options whose wish is met already: one shared connection, nothing asked on a terminal, no log of ssh's own, no compression. */
const MET = new Set([
  'batchmode',
  'compression',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'loglevel',
  'tcpkeepalive',
])

/** Letters with a value, and the option that each stands for. */
const LETTERS: Readonly<Record<string, string>> = { J: 'proxyjump', l: 'user', p: 'port', i: 'identityfile' }
/** Letters without a value whose wish is met already. */
const BARE = new Set(['C', 'T', 'q', 'x', 'a', '4', '6'])

/** Reads an `ansible_ssh_*_args` text. Throws SshArgumentError that names the first word we can't honour. */
export function parseSshArguments(text: string): SshArguments {
  const words = splitWords(text)
  const options: [string, string][] = []
  const identityFiles: string[] = []
  let configFile: string | undefined
  const take = (word: string, inline: string): string => {
    const value = inline || words.shift()
    if (value === undefined) throw new SshArgumentError(word, `${word} needs a value`)
    return value
  }
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const letter = word[1] ?? ''
    const inline = word.slice(2)
    if (!word.startsWith('-') || word.length < 2) throw new SshArgumentError(word, `${word} is no ssh option`)
    if (letter === 'o') options.push(parseOption(take(word, inline)))
    else if (letter === 'F') {
      const file = take(word, inline)
      configFile ??= file
    } else if (letter === 'i') identityFiles.push(take(word, inline))
    else if (LETTERS[letter]) options.push([LETTERS[letter], take(word, inline)])
    else if (letter === '4' || letter === '6') options.push(['addressfamily', letter === '4' ? 'inet' : 'inet6'])
    else if (![...word.slice(1)].every((one) => BARE.has(one)))
      throw new SshArgumentError(word, `${word} is not supported`)
  }
  const kept = options.filter(([name, value]) => {
    if (name !== 'identityfile') return !MET.has(name)
    identityFiles.push(value)
    return false
  })
  return { options: kept, configFile, identityFiles }
}

function parseOption(text: string): [string, string] {
  const [, name = '', value = ''] = /^\s*([A-Za-z0-9]+)\s*[=\s]\s*(.*)$/s.exec(text) ?? []
  const key = name.toLowerCase()
  if (!key) throw new SshArgumentError(`-o ${text}`, `-o ${text} has no value`)
  if (!HONOURED.has(key) && !MET.has(key)) throw new SshArgumentError(`-o ${name}`, unsupported(name, key))
  return [key, value.replace(/^"(.*)"$/s, '$1').trim()]
}

function unsupported(name: string, key: string): string {
  if (key === 'proxycommand') return 'ProxyCommand is not supported; use ProxyJump (-J)'
  const near = closest(key, [...HONOURED])
  return `-o ${name} is not supported${near ? ` (did you mean "${near}"?)` : ''}`
}
