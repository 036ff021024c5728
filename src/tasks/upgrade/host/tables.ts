/** One line of fstab. */
export interface FstabEntry {
  readonly spec: string
  readonly file: string
  readonly type: string
  readonly options: readonly string[]
  /** Turn of its check at boot; 0 and undefined: none. */
  readonly passno?: number | undefined
}

/** One mount, as the host's first process sees it. */
export interface Mount {
  /** `major:minor` of the device. */
  readonly device: string
  readonly point: string
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
}

/** fstab without comments; lines with fewer than two fields are passed over, as mount does. */
export function parseFstab(lines: readonly string[]): FstabEntry[] {
  return lines.flatMap((line) => {
    const fields = line.replace(/^[ \t]+|[ \t\r]+$/g, '').split(/[ \t]+/)
    if (fields[0]?.startsWith('#')) return []
    const [spec, file, type = 'auto', options = 'defaults', , pass] = fields.map(unescapeOctal)
    if (!spec || !file) return []
    const passno = Number(pass ?? 0) || 0
    return [{ spec, file: normalised(file), type, options: options.split(','), ...(passno > 0 && { passno }) }]
  })
}

/** /proc/<pid>/mountinfo; later mounts cover earlier ones on the same point, so the last one of a point counts. */
export function parseMountinfo(lines: readonly string[]): Mount[] {
  const byPoint = new Map<string, Mount>()
  for (const line of lines) {
    const [left, right] = line.split(' - ') as [string, string | undefined]
    const [, , device, , point, options] = left.split(' ')
    const [type, source] = right?.split(' ') ?? []
    if (!device || !point || !options || !type || !source) continue
    const mount = {
      device,
      point: unescapeOctal(point),
      type,
      source: unescapeOctal(source),
      options: options.split(','),
    }
    byPoint.delete(mount.point)
    byPoint.set(mount.point, mount)
  }
  return [...byPoint.values()]
}

/** The mount that a path lies on. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts) {
    if (isBelow(path, mount.point) && (!best || mount.point.length > best.point.length)) best = mount
  }
  return best
}

/** Whether `path` is `top` or lies below it. */
export function isBelow(path: string, top: string): boolean {
  return top === '/' || path === top || path.startsWith(`${top}/`)
}

/** `\040` for a space, as fstab and mountinfo write it. */
function unescapeOctal(text: string): string {
  // Several of them may be the bytes of one character.
  return text.replace(/(?:\\[0-7]{3})+/g, (run) =>
    Buffer.from(
      run
        .slice(1)
        .split('\\')
        .map((digits) => Number.parseInt(digits, 8) & 0xff),
    ).toString('utf8'),
  )
}

function normalised(path: string): string {
  return path.length > 1 ? path.replace(/\/+/g, '/').replace(/\/$/, '') || '/' : path
}
