const TAGS: Readonly<Record<string, string>> = {
  UUID: 'by-uuid',
  LABEL: 'by-label',
  PARTUUID: 'by-partuuid',
  PARTLABEL: 'by-partlabel',
}

/** Characters of a tag that udev keeps in the name of its link; the bytes of all others stand as `\xNN`. */
const KEPT = /[A-Za-z0-9#+\-.:=@_]/

/** The device node of the first field of an fstab line: `UUID=a` is `/dev/disk/by-uuid/a`. Undefined when it names no device. */
export function deviceOf(spec: string): string | undefined {
  const match = /^([A-Z]+)=(.*)$/s.exec(spec)
  const directory = match && TAGS[match[1] as string]
  if (directory) return `/dev/disk/${directory}/${encodeTag(unquoted(match[2] as string))}`
  return spec.startsWith('/dev/') ? spec : undefined
}

function unquoted(value: string): string {
  return /^(["']).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value
}

function encodeTag(value: string): string {
  return [...value]
    .map((char) => {
      if (KEPT.test(char) || (char.codePointAt(0) as number) > 0x7f) return char
      return `\\x${(char.codePointAt(0) as number).toString(16).padStart(2, '0')}`
    })
    .join('')
}
