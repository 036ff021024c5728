/**
 * A host's own name, in a path or a text, makes no other plan of it: it is `<host>` in what is given back, which is the value itself
 * where the name does not occur. Names that could be any word stay.
 */
export function withoutHostName<T>(value: T, host: string): T {
  if (!/[\d.-]/.test(host)) return value
  const json = JSON.stringify(value)
  if (json === undefined || !json.includes(JSON.stringify(host).slice(1, -1))) return value
  const name = new RegExp(`(?<![A-Za-z0-9])${host.replaceAll(/[^A-Za-z0-9]/g, '\\$&')}(?![A-Za-z0-9])`, 'g')
  return JSON.parse(json, (_, part: unknown) =>
    typeof part === 'string' ? part.replaceAll(name, '<host>') : part,
  ) as T
}
