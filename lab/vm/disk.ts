import { mkdir, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../command.ts'
import { makeFileSystem } from './file-system.ts'
import type { FileSystem, Layout, Partition } from './layout.ts'
import { MD_UUID } from './layout.ts'
import { LVM_DATA_MIB, placeVolumes, writeVolumeGroup } from './lvm.ts'
import { MD_DATA_MIB, writeMember } from './mdraid.ts'

const MIB = 1024 * 1024
/** Of the first partition; the partition table's copy at the end gets as much. */
const MARGIN_MIB = 1

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

function sizeOf(partition: Partition): number {
  if (partition.kind === 'lvm') return LVM_DATA_MIB + sum(partition.volumes.map(({ mib }) => mib))
  return partition.mib + (partition.kind === 'md' ? MD_DATA_MIB : 0)
}

/** As sfdisk names the types. */
function typeOf(partition: Partition): string {
  if (partition.kind === 'lvm') return 'V'
  if (partition.kind === 'md') return 'R'
  return partition.fs.type === 'vfat' ? 'U' : 'L'
}

/** Partitions with where they begin. */
function placed(disk: readonly Partition[]): { partition: Partition; startMib: number }[] {
  return disk.map((partition, i) => ({ partition, startMib: MARGIN_MIB + sum(disk.slice(0, i).map(sizeOf)) }))
}

async function makeTable(path: string, disk: readonly Partition[]): Promise<void> {
  const lines = placed(disk).map(
    ({ partition, startMib }) => `start=${startMib}MiB,size=${sizeOf(partition)}MiB,type=${typeOf(partition)}\n`,
  )
  await writeFile(path, '')
  await truncate(path, (2 * MARGIN_MIB + sum(disk.map(sizeOf))) * MIB)
  await run(['sfdisk', '--quiet', path], { input: `label: gpt\n${lines.join('')}` })
}

/** Takes the tree below each mount point out of the root's, the deepest first: what is left is the root's own. */
async function takeApart(root: string, systems: readonly FileSystem[], work: string): Promise<Map<string, string>> {
  const trees = new Map<string, string>()
  const deepestFirst = [...systems].sort((a, b) => b.mount.length - a.mount.length)
  for (const [i, { mount }] of deepestFirst.entries()) {
    if (mount === '/') trees.set(mount, root)
    else {
      const tree = join(work, `tree${i}`)
      await mkdir(join(root, mount), { recursive: true })
      await rename(join(root, mount), tree)
      await mkdir(join(root, mount))
      trees.set(mount, tree)
    }
  }
  return trees
}

/**
 * Writes the raw GPT disks of a layout, without loop devices or mounts.
 *
 * @param paths one for each disk of the layout.
 * @param work an empty folder on the file system of `root`.
 * @param root the installed system's whole tree, ready to boot; owners and modes are taken over. It is taken apart.
 */
export async function makeDisks(paths: readonly string[], work: string, root: string, layout: Layout): Promise<void> {
  const systems = layout.disks.flat().flatMap((p) => (p.kind === 'lvm' ? p.volumes.map(({ fs }) => fs) : [p.fs]))
  const trees = await takeApart(root, [...new Map(systems.map((fs) => [fs.mount, fs])).values()], work)
  const make = (fs: FileSystem, disk: string, offsetMib: number, mib: number) =>
    makeFileSystem(fs, trees.get(fs.mount) as string, { disk, offsetMib, mib }, join(work, 'image'))
  const mirrors = new Map<string, { disk: string; offsetMib: number; number: number }>()

  for (const [i, disk] of layout.disks.entries()) {
    const path = paths[i] as string
    await makeTable(path, disk)
    for (const { partition, startMib } of placed(disk)) {
      if (partition.kind === 'fs') await make(partition.fs, path, startMib, partition.mib)
      else if (partition.kind === 'lvm') {
        const volumes = placeVolumes(partition.volumes)
        await writeVolumeGroup(path, startMib * MIB, sizeOf(partition), partition.group, volumes)
        for (const volume of volumes) await make(volume.fs, path, startMib + volume.startMib, volume.mib)
      } else {
        const first = mirrors.get(partition.array)
        const number = first ? first.number + 1 : 0
        const { mib, array } = partition
        const name = `labvm:${array}`
        const offsetMib = startMib + MD_DATA_MIB
        await writeMember(path, startMib * MIB, { uuid: MD_UUID, name, number, members: 2, mib })
        if (first) {
          const from = [`if=${first.disk}`, `skip=${first.offsetMib}`]
          const to = [`of=${path}`, `seek=${offsetMib}`, `count=${mib}`, 'conv=notrunc,sparse']
          await run(['dd', ...from, ...to, 'bs=1M', 'status=none'])
        } else await make(partition.fs, path, offsetMib, mib)
        mirrors.set(array, { disk: first?.disk ?? path, offsetMib: first?.offsetMib ?? offsetMib, number })
      }
    }
  }
}
