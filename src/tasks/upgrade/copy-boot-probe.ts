import { type Probe, ProbeError } from '../contract.ts'

export interface BootFact {
  /** As `uname -m` says it. */
  readonly arch: string
  /** Type of /boot's file system, such as `ext2/ext3`, `xfs`, `msdos`. */
  readonly type: string
  readonly block: number
  /** Bytes that can still be written. */
  readonly free: number
  /** Our files in /boot, by name. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly size: number }>>
  /** Temporary files of a run that was killed. */
  readonly leftovers: readonly { readonly name: string; readonly size: number }[]
  /** A file system without modes of its own, into which others than root may look. */
  readonly readable: boolean
  /** /etc/fstab has an entry for /boot, but nothing is mounted there. */
  readonly unmounted: boolean
}

/** What temporary files of ours in /boot begin and end with. */
export const TEMPORARY = { prefix: '.upgrade-push.', suffix: '.tmp' } as const

/** /boot: our files by digest, the room, what killed runs left. */
export const bootProbe: Probe<BootFact> = {
  id: 'upgrade.boot',
  script: `cd /boot || exit 1
echo "arch $(uname -m)"
echo "space $(stat -f -c '%S %a %T' .)"
echo "mode $(stat -c %a .)"
for file in vmlinuz-upgrade.* initramfs-upgrade.*.img .vmlinuz-upgrade.*.hmac; do
  [ ! -f "$file" ] || echo "file $(sha256sum <"$file" | cut -c1-64) $(stat -c %s "$file") $file"
done
for file in ${TEMPORARY.prefix}*${TEMPORARY.suffix}; do
  [ ! -e "$file" ] || echo "left $(stat -c %s "$file") $file"
done
if awk '$1 !~ /^#/ && $2 == "/boot" { found = 1 } END { exit !found }' /etc/fstab 2>/dev/null &&
  ! awk '$5 == "/boot" { found = 1 } END { exit !found }' /proc/self/mountinfo; then echo unmounted; fi`,
  reads: ['tree:/boot', 'path:/etc/fstab'],
  parse({ code, stdout, stderr }) {
    const lines = stdout.split('\n')
    const after = (word: string) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1)
    const [block, blocks, type] = after('space')?.split(' ') ?? []
    const arch = after('arch')
    if (code !== 0 || !arch || !type || !Number(block))
      throw new ProbeError(`/boot can't be looked at: ${stderr.trim() || 'no answer'}`)
    const files: Record<string, { sha256: string; size: number }> = {}
    const leftovers: { name: string; size: number }[] = []
    for (const line of lines) {
      const [, sha256, size, name] = /^file ([0-9a-f]{64}) (\d+) (.+)$/.exec(line) ?? []
      if (sha256 && size && name) files[name] = { sha256, size: Number(size) }
      const [, bytes, left] = /^left (\d+) (.+)$/.exec(line) ?? []
      if (bytes && left) leftovers.push({ name: left, size: Number(bytes) })
    }
    return {
      arch,
      type,
      block: Number(block),
      free: Number(block) * Number(blocks),
      files,
      leftovers,
      readable: type === 'msdos' && (Number.parseInt(after('mode') ?? '0', 8) & 0o055) !== 0,
      unmounted: lines.includes('unmounted'),
    }
  },
}
