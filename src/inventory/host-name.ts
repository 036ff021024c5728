import { isIPv6 } from 'node:net'
import { UserError } from '../diagnostics/diagnostic.ts'
import { expandRanges, RangeProblem } from './host-range.ts'
import { type Located, placeOf } from './located.ts'

export interface HostNames {
  readonly names: readonly string[]
  /** `host:port`. */
  readonly port?: number | undefined
}

const HOST_NAME_RULE = 'a name has no space, comma or = and does not begin with - ! & ~ @'

/** Names that a pattern can select and that no program can take for an option. */
export function isHostName(name: string): boolean {
  return name !== '' && !/[\s\p{Cc},=]/u.test(name) && !/^[-!&~@]/.test(name)
}

/**
 * Reads `name`, `name:port`, `[address]:port` or a bare IPv6 address, each possibly with ranges.
 * Throws UserError with the place of what is wrong.
 */
export function readHostNames(located: Located): HostNames {
  const { text } = located
  const { name, port, offset } = splitPort(located)
  if (name === '') throw new UserError({ message: 'a host needs a name', origin: placeOf(located) })
  const names = expand(name, offset, located)
  const bad = names.find((one) => !isHostName(one))
  if (bad !== undefined) {
    const hint = hintFor(bad)
    throw new UserError({ message: `${JSON.stringify(bad)} is not a host name`, origin: placeOf(located), hint })
  }
  const colon = name.indexOf(':')
  if (colon >= 0 && !isIPv6(flat(name).replace(/%.*/, ''))) {
    const after = name.replace(/\[[^\]]*\]/g, (range) => '_'.repeat(range.length)).indexOf(':')
    if (after >= 0) {
      const hint = 'write name:port, [address]:port, or ansible_port=PORT'
      const message = `${JSON.stringify(text)} is neither a host name with a port nor an IPv6 address`
      throw new UserError({ message, origin: located.at(after + offset, text.length), hint })
    }
  }
  return port === undefined ? { names } : { names, port }
}

function hintFor(name: string): string {
  if (name === '---') return '--- begins a YAML file: name it .yml'
  // Ansible makes it a host of that name, and the variable is silently missing.
  if (name.includes('=')) return 'a variable stands in a [group:vars] section, or behind a host'
  return HOST_NAME_RULE
}

function expand(name: string, offset: number, located: Located): string[] {
  if (!/[[\]]/.test(name)) return [name]
  try {
    return expandRanges(name)
  } catch (error) {
    if (!(error instanceof RangeProblem)) throw error
    throw new UserError({
      message: error.message,
      origin: located.at(error.from + offset, error.to + offset),
      hint: error.hint,
    })
  }
}

function splitPort(located: Located): { name: string; port?: number; offset: number } {
  const { text } = located
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(text)
  if (bracketed && wraps(text))
    return { name: bracketed[1] as string, port: readPort(bracketed[2] as string, located), offset: 1 }
  const plain = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text)
  if (plain) return { name: plain[1] as string, port: readPort(plain[2] as string, located), offset: 0 }
  return { name: text, offset: 0 }
}

function readPort(digits: string, located: Located): number {
  const port = Number(digits)
  if (port >= 1 && port <= 65_535) return port
  const end = located.text.length
  throw new UserError({
    message: `${digits} is not a port`,
    origin: located.at(end - digits.length, end),
    hint: 'expected 1 to 65535',
  })
}

/** Whether the first bracket closes at the last one: `[::1]:22`, not `[1:2]x[3:4]:22`. */
function wraps(text: string): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++
    else if (text[i] === ']' && --depth === 0) return text[i + 1] === ':' && !text.includes(']', i + 1)
  }
  return false
}

/** The name with each range taken as one hexadecimal digit, to see what kind of name it is. */
function flat(name: string): string {
  return name.replace(/\[[^\]]*\]/g, '0')
}
