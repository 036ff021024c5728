import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../command.ts'
import { buildOnce, digest, removeScratch } from '../distro/cache.ts'
import type { Distro, OnProgress } from '../distro/distro.ts'
import { dnfInstall } from '../distro/root.ts'
import { withLock } from '../lock.ts'
import { cacheRoot } from '../paths.ts'
import type { Base } from './base.ts'
import { writeBootFiles } from './boot-files.ts'
import { makeDisks } from './disk.ts'
import { configureGuest } from './guest.ts'
import { makeInitramfs } from './initramfs.ts'
import { type Layout, VARIANTS, type Variant } from './layout.ts'
import { FIRMWARE_VARIABLES } from './qemu.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const RECIPE = [
  ...['boot-files.ts', 'disk.ts', 'file-system.ts', 'grub.ts', 'guest.ts', 'image.ts', 'initramfs.ts', 'layout.ts'],
  ...['lvm.ts', 'mdraid.ts'],
]

const diskPath = (dir: string, number: number) => join(dir, `disk${number}.raw`)

async function describe(key: string, dir: string, layout: Layout): Promise<Base> {
  const [type, value] = (await readFile(join(dir, 'ssh_host_ed25519_key.pub'), 'utf8')).split(' ')
  return {
    key,
    disks: layout.disks.map((_, i) => ({ path: diskPath(dir, i), format: 'raw' })),
    variables: FIRMWARE_VARIABLES,
    clientKey: join(dir, 'id_ed25519'),
    hostKey: `${type} ${value}`.trim(),
  }
}

const makeKey = (path: string, comment: string) =>
  run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path])

async function build(scratch: string, distro: Distro, layout: Layout): Promise<void> {
  const root = join(scratch, 'root')
  const work = join(scratch, 'work')
  await mkdir(work)
  await run(['cp', '-a', '--reflink=auto', distro.root8, root])
  await makeKey(join(scratch, 'id_ed25519'), 'lab')
  await makeKey(join(scratch, 'ssh_host_ed25519_key'), 'labvm')
  await configureGuest(root, layout, await readFile(join(scratch, 'id_ed25519.pub'), 'utf8'))
  for (const name of ['ssh_host_ed25519_key', 'ssh_host_ed25519_key.pub'])
    await run(['cp', '-p', join(scratch, name), join(root, 'etc/ssh', name)])
  await rm(join(scratch, 'ssh_host_ed25519_key'))

  if (layout.packages.length > 0)
    await dnfInstall(root, distro.repo8, '8', distro.gpgKey, join(scratch, 'dnf'), layout.packages)
  const kver = distro.kernel8
  let initramfs = join(distro.boot8, `initramfs-${kver}.img`)
  if (layout.dracutModules.length > 0) {
    initramfs = join(scratch, 'initrd')
    await makeInitramfs(root, kver, layout.dracutModules, initramfs)
  }
  await writeBootFiles(root, layout, kver, join(distro.boot8, `vmlinuz-${kver}`), initramfs)
  const disks = layout.disks.map((_, i) => diskPath(scratch, i))
  await makeDisks(disks, work, root, layout)
  for (const path of [root, work, join(scratch, 'dnf'), join(scratch, 'initrd')])
    await rm(path, { recursive: true, force: true })
}

/** Images of other recipes go once nothing runs on them; the other variants of this one stay. */
async function prune(parent: string, recipe: string, inUse: (key: string) => Promise<boolean>): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith('vm-') && !name.startsWith(`${recipe}-`) && !(await inUse(name)))
      await rm(join(parent, name), { recursive: true, force: true })
  }
}

/**
 * Builds the disks of a variant of the machine out of LabOS 8, or finds them in the cache. A build takes some 15 seconds.
 *
 * @param inUse tells whether a machine runs on an older image; the others are removed after a build.
 * @throws CommandError from the tool that failed.
 */
export async function ensureVmImage(
  distro: Distro,
  variant: Variant,
  onProgress: OnProgress,
  inUse: (key: string) => Promise<boolean> = async () => true,
): Promise<Base> {
  const layout: Layout = VARIANTS[variant]
  const texts = await Promise.all(RECIPE.map((name) => readFile(join(HERE, name), 'utf8')))
  const recipe = `vm-${digest(distro.key, ...texts)}`
  const key = `${recipe}-${variant}`
  const parent = join(cacheRoot(), 'machines')
  const dir = join(parent, key)
  if (!existsSync(dir)) {
    await withLock(
      join(parent, 'lock'),
      () => onProgress('waiting for another build of the machine to end'),
      async () => {
        await removeScratch(parent)
        onProgress(`building the disk of the virtual machine (${variant})`)
        await buildOnce(dir, (scratch) => build(scratch, distro, layout))
        await prune(parent, recipe, inUse)
      },
    )
  }
  return describe(key, dir, layout)
}
