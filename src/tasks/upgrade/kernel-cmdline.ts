/** One argument of a kernel command line. `value` is undefined for a bare word such as `quiet`. */
export interface KernelArg {
  /** As it stands on the line, quotes included. */
  readonly text: string
  readonly key: string
  readonly value: string | undefined
}

/** Splits a command line as the kernel does: at white space outside double quotes. */
export function parseCmdline(line: string): KernelArg[] {
  const words = line.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []
  return words.map(parseArg)
}

export function parseArg(text: string): KernelArg {
  const equals = text.indexOf('=')
  const key = unquote(equals < 0 ? text : text.slice(0, equals))
  return { text, key, value: equals < 0 ? undefined : unquote(text.slice(equals + 1)) }
}

export function formatCmdline(args: readonly KernelArg[]): string {
  return args.map((arg) => arg.text).join(' ')
}

/** Kernel parameters treat dashes and underscores in names alike. */
export function sameKey(a: string, b: string): boolean {
  return a.replaceAll('-', '_') === b.replaceAll('-', '_')
}

/** Whether a pattern names an argument: `key` any value of it, `key=value` that one alone. */
export function argMatches(pattern: KernelArg, arg: KernelArg): boolean {
  return sameKey(pattern.key, arg.key) && (pattern.value === undefined || pattern.value === arg.value)
}

function unquote(text: string): string {
  return text.replaceAll('"', '')
}
