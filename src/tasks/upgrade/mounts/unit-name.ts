const LONGEST = 255
const KEPT = /[A-Za-z0-9:_.]/

/**
 * The name that systemd gives a path in a unit's name, without the unit's type: `/var/lib` is `var-lib`. Bytes that it does not keep
 * stand as `\xNN`, as `systemd-escape --path` writes them.
 */
export function escapePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.length === 0) return '-'
  const text = parts.map(escapePart).join('-')
  return text.startsWith('.') ? `\\x2e${text.slice(1)}` : text
}

/** Name of the unit of a path, such as `var-lib.mount`; undefined when systemd would find it too long. */
export function unitNameOf(path: string, type: 'mount' | 'device'): string | undefined {
  const name = `${escapePath(path)}.${type}`
  return name.length > LONGEST ? undefined : name
}

function escapePart(part: string): string {
  return [...Buffer.from(part, 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      return KEPT.test(char) ? char : `\\x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}
