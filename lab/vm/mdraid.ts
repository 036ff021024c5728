import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const MIB = 1024 * 1024
const SECTOR = 512
/** Of metadata version 1.2: 4 KiB into the member. */
const SUPERBLOCK_AT = 4096
const HEADER = 256
const ROLES = 128
const SPARE = 0xffff
/** Where a member's data begins. */
export const MD_DATA_MIB = 1

export interface Member {
  /** As mdadm writes it: four groups of eight hexadecimal digits. */
  uuid: string
  /** `<host>:<name>`. */
  name: string
  /** Place of this member among the others. */
  number: number
  members: number
  /** Size of the data. */
  mib: number
}

function checksum(block: Buffer): number {
  let sum = 0n
  for (let at = 0; at < block.length; at += 4) sum += BigInt(block.readUInt32LE(at))
  return Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn)
}

/** The superblock of one member of a clean RAID 1, metadata version 1.2. */
export function superblock({ uuid, name, number, members, mib }: Member): Buffer {
  const block = Buffer.alloc(HEADER + 2 * ROLES)
  const sectors = BigInt((mib * MIB) / SECTOR)
  const u32: Readonly<Record<number, number>> = { 0: 0xa92b4efc, 4: 1, 72: 1, 92: members, 160: number, 220: ROLES }
  const u64: Readonly<Record<number, bigint>> = {
    64: 1_700_000_000n, // made
    80: sectors, // used of each member
    128: BigInt((MD_DATA_MIB * MIB) / SECTOR),
    136: sectors, // there is
    144: BigInt(SUPERBLOCK_AT / SECTOR),
    192: 1_700_000_000n, // changed
    200: 1n, // events
    208: 0xffffffffffffffffn, // in sync to the end
  }
  for (const [at, value] of Object.entries(u32)) block.writeUInt32LE(value, Number(at))
  for (const [at, value] of Object.entries(u64)) block.writeBigUInt64LE(value, Number(at))
  Buffer.from(uuid.replaceAll(':', ''), 'hex').copy(block, 16)
  block.write(name, 32)
  createHash('sha256').update(`${name}/${number}`).digest().copy(block, 168, 0, 16)
  for (let role = 0; role < ROLES; role++) block.writeUInt16LE(role < members ? role : SPARE, HEADER + 2 * role)
  block.writeUInt32LE(checksum(block), 216)
  return block
}

/**
 * Makes a part of the file `disk` a member of a RAID 1, as `mdadm --create --assume-clean` would on a block device.
 *
 * @param offset where the member begins, in bytes; its data follow {@link MD_DATA_MIB} later.
 */
export async function writeMember(disk: string, offset: number, member: Member): Promise<void> {
  const file = await open(disk, 'r+')
  try {
    const block = superblock(member)
    await file.write(block, 0, block.length, offset + SUPERBLOCK_AT)
  } finally {
    await file.close()
  }
}
