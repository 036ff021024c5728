import { UserError } from '../diagnostics/diagnostic.ts'

const BLOCK = 512

export interface TarMember {
  /** Relative, `/` between parts, no `..`. */
  readonly name: string
  /** Permission bits. */
  readonly mode: number
  /** Undefined for a directory. */
  readonly data?: Uint8Array | undefined
}

/**
 * A POSIX ustar archive: owner 0:0, mtime 0, members in the given order, so that the same members always give the same bytes.
 * Throws UserError for a name that ustar can't hold (over 255 bytes, or a part over 100).
 */
export function ustar(members: readonly TarMember[]): Uint8Array {
  const sizes = members.map(({ data }) => padded(data?.length ?? 0))
  const archive = Buffer.alloc(sizes.reduce((sum, size) => sum + BLOCK + size, 0) + 2 * BLOCK)
  let at = 0
  members.forEach((member, i) => {
    writeHeader(archive.subarray(at, at + BLOCK), member)
    if (member.data) archive.set(member.data, at + BLOCK)
    at += BLOCK + (sizes[i] as number)
  })
  return archive
}

function writeHeader(block: Buffer, { name, mode, data }: TarMember): void {
  if (name === '' || name.startsWith('/') || name.includes('\0') || name.split('/').includes('..')) {
    throw new RangeError(`not a name for an archive: ${JSON.stringify(name)}`)
  }
  const { prefix, rest } = splitName(data ? name : `${name.replace(/\/$/, '')}/`)
  rest.copy(block, 0)
  octal(block, 100, 8, mode & 0o7777)
  octal(block, 108, 8, 0)
  octal(block, 116, 8, 0)
  octal(block, 124, 12, data?.length ?? 0)
  octal(block, 136, 12, 0)
  block.write('        ', 148, 'latin1')
  block.write(data ? '0' : '5', 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.write('root', 265, 'latin1')
  block.write('root', 297, 'latin1')
  prefix.copy(block, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}

/** The name in the two fields of the header: 100 bytes, and up to 155 before a slash. */
function splitName(name: string): { prefix: Buffer; rest: Buffer } {
  const bytes = Buffer.from(name)
  if (bytes.length <= 100) return { prefix: Buffer.alloc(0), rest: bytes }
  for (let slash = bytes.indexOf(47); slash >= 0; slash = bytes.indexOf(47, slash + 1)) {
    const left = bytes.length - slash - 1
    if (slash <= 155 && left <= 100 && left > 0) {
      return { prefix: bytes.subarray(0, slash), rest: bytes.subarray(slash + 1) }
    }
  }
  throw new UserError(`the path ${name} is too long for an archive (255 bytes; 100 for its last part)`)
}

function octal(block: Buffer, at: number, width: number, value: number): void {
  const digits = value.toString(8).padStart(width - 1, '0')
  if (digits.length >= width) throw new UserError('a file of 8 GiB or more does not fit into an archive')
  block.write(`${digits}\0`, at, 'latin1')
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}
