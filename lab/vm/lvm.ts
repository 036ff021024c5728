import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

const SECTOR = 512
const MIB = 1024 * 1024
/** What a volume is made of. */
const EXTENT_MIB = 4
const LABEL_AT = SECTOR
const METADATA_AT = 4096
/** Label and metadata take the first MiB, extents come after it: the same as pvcreate's default. */
export const LVM_DATA_MIB = 1

/** A volume and the first MiB of its extents, counted from the start of the physical volume. */
interface PlacedVolume {
  name: string
  mib: number
  startMib: number
}

/** Puts volumes one after the other. */
export function placeVolumes<T extends { name: string; mib: number }>(
  volumes: readonly T[],
): (T & { startMib: number })[] {
  let startMib = LVM_DATA_MIB
  return volumes.map((volume) => {
    if (volume.mib % EXTENT_MIB !== 0)
      throw new Error(`the volume ${volume.name} is no multiple of ${EXTENT_MIB} MiB: ${volume.mib}`)
    const placed = { ...volume, startMib }
    startMib += volume.mib
    return placed
  })
}

// CRC-32 with the polynomial of Ethernet; LVM starts it with a number of its own and does not invert the result.
function checksum(data: Buffer): number {
  let crc = 0xf597a6cf
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return crc >>> 0
}

const uuid = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 32)
/** As it stands in the text: groups of 6, 4, 4, 4, 4, 4 and 6. */
const dashed = (id: string) => id.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7')

function metadata(group: string, mib: number, volumes: readonly PlacedVolume[]): string {
  const id = (name: string) => `id = "${dashed(uuid(`${group}/${name}`))}"`
  const logical = volumes.map(
    ({ name, mib: size, startMib }) => `${name} {
${id(`lv/${name}`)}
status = ["READ", "WRITE", "VISIBLE"]
flags = []
segment_count = 1
segment1 {
start_extent = 0
extent_count = ${size / EXTENT_MIB}
type = "striped"
stripe_count = 1
stripes = ["pv0", ${(startMib - LVM_DATA_MIB) / EXTENT_MIB}]
}
}
`,
  )
  return `${group} {
${id('vg')}
seqno = 1
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = ${(EXTENT_MIB * MIB) / SECTOR}
max_lv = 0
max_pv = 0
metadata_copies = 0
physical_volumes {
pv0 {
${id('pv')}
device = "/dev/vda2"
status = ["ALLOCATABLE"]
flags = []
dev_size = ${(mib * MIB) / SECTOR}
pe_start = ${(LVM_DATA_MIB * MIB) / SECTOR}
pe_count = ${Math.floor((mib - LVM_DATA_MIB) / EXTENT_MIB)}
}
}
logical_volumes {
${logical.join('')}}
}
contents = "Text Format Volume Group"
version = 1
description = "written by the lab"
creation_host = "lab"
creation_time = 1700000000
\0`
}

/** The sector that says: this is a physical volume, and there is its metadata. */
function label(group: string, bytes: number): Buffer {
  const sector = Buffer.alloc(SECTOR)
  sector.write('LABELONE', 0)
  sector.writeBigUInt64LE(BigInt(LABEL_AT / SECTOR), 8)
  sector.writeUInt32LE(32, 20) // where the content begins
  sector.write('LVM2 001', 24)
  sector.write(uuid(`${group}/pv`), 32)
  const numbers = [
    bytes,
    ...[LVM_DATA_MIB * MIB, 0, 0, 0], // data: from here to the end; end of the list
    ...[METADATA_AT, LVM_DATA_MIB * MIB - METADATA_AT, 0, 0],
  ]
  for (const [i, number] of numbers.entries()) sector.writeBigUInt64LE(BigInt(number), 64 + 8 * i)
  sector.writeUInt32LE(2, 64 + 8 * numbers.length) // version of the extension: in use
  sector.writeUInt32LE(1, 68 + 8 * numbers.length)
  sector.writeUInt32LE(checksum(sector.subarray(20)), 16)
  return sector
}

/** The header of the metadata's area, with where in it the text lies: right behind. */
function areaHeader(text: Buffer): Buffer {
  const header = Buffer.alloc(SECTOR)
  header.write(' LVM2 x[5A%r0N*>', 4)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(METADATA_AT), 24)
  header.writeBigUInt64LE(BigInt(LVM_DATA_MIB * MIB - METADATA_AT), 32)
  header.writeBigUInt64LE(BigInt(SECTOR), 40)
  header.writeBigUInt64LE(BigInt(text.length), 48)
  header.writeUInt32LE(checksum(text), 56)
  header.writeUInt32LE(checksum(header.subarray(4)), 0)
  return header
}

/**
 * Writes the label and metadata of a volume group with one physical volume, as `pvcreate`, `vgcreate` and `lvcreate` would:
 * those want block devices, of which the machine that builds disks has none to spare.
 *
 * @param offset where the physical volume begins in the file `disk`, in bytes.
 * @param mib the physical volume's size.
 */
export async function writeVolumeGroup(
  disk: string,
  offset: number,
  mib: number,
  group: string,
  volumes: readonly PlacedVolume[],
): Promise<void> {
  const text = Buffer.from(metadata(group, mib, volumes))
  const file: FileHandle = await open(disk, 'r+')
  try {
    await file.write(label(group, mib * MIB), 0, SECTOR, offset + LABEL_AT)
    await file.write(Buffer.concat([areaHeader(text), text]), 0, SECTOR + text.length, offset + METADATA_AT)
  } finally {
    await file.close()
  }
}
