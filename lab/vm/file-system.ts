import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../command.ts'
import type { FileSystem } from './layout.ts'

const MIB = 1024 * 1024

/** Where in a disk's file a file system goes. */
export interface Place {
  disk: string
  offsetMib: number
  mib: number
}

/** Makes a FAT file system apart and copies it in: mtools needs no vfat in the kernel, mkfs.vfat knows no offset. */
async function makeFat(fs: FileSystem, tree: string, place: Place, image: string): Promise<void> {
  await writeFile(image, '')
  await truncate(image, place.mib * MIB)
  await run(['mkfs.vfat', '-F', '32', '-n', fs.label, image])
  const names = (await readdir(tree)).map((name) => join(tree, name))
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' }
  if (names.length > 0) await run(['mcopy', '-s', '-i', image, ...names, '::/'], { env })
  const { disk, offsetMib } = place
  await run(['dd', `if=${image}`, `of=${disk}`, 'bs=1M', `seek=${offsetMib}`, 'conv=notrunc,sparse', 'status=none'])
}

/**
 * Makes a file system with the content of `tree` in a part of a disk's file, without loop devices or mounts.
 *
 * @param tree owners and modes are taken over where the file system has them.
 * @param scratch a path that is free for an image.
 * @throws CommandError, when the tree does not fit, too.
 */
export async function makeFileSystem(fs: FileSystem, tree: string, place: Place, scratch: string): Promise<void> {
  if (fs.type === 'vfat') return makeFat(fs, tree, place, scratch)
  await run([
    ...(['mke2fs', '-q', '-t', 'ext4', '-L', fs.label, '-d', tree] as const),
    ...['-E', `offset=${place.offsetMib * MIB},lazy_itable_init=1`, place.disk, `${place.mib}M`],
  ])
}
