import { createHmac } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { run } from '../command.ts'
import type { FileLists } from './filelist.ts'
import { quotePath } from './filelist.ts'

// The key with which fipscheck and libkcapi make and check a kernel's .hmac file; public by design.
const FIPS_HMAC_KEY = 'orboDeJITITejsirpADONivirpUkvarP'

/** Real drivers that nothing needs to boot: the ones that an RPM distribution ships apart. */
const EXTRA_MODULES = ['drivers/net/dummy', 'drivers/net/ifb', 'drivers/block/brd', 'drivers/block/null_blk/null_blk']

/** The only directory below `parent`'s lib/modules or usr/lib/modules. */
function modulesDir(parent: string): string {
  for (const lib of ['usr/lib/modules', 'lib/modules']) {
    const [kver] = existsSync(join(parent, lib)) ? readdirSync(join(parent, lib)) : []
    if (kver) return join(parent, lib, kver)
  }
  throw new Error(`${parent} holds no kernel modules`)
}

/** The line of a `.vmlinuz.hmac` file: HMAC-SHA512 in hex, two spaces, the name of the file beside it. */
export function hmacLine(image: Buffer, name: string): string {
  return `${createHmac('sha512', FIPS_HMAC_KEY).update(image).digest('hex')}  ${name}\n`
}

/**
 * Lays a Debian kernel out in `root` the way kernel-core does: everything under /usr/lib/modules/<kver>, nothing in /boot.
 *
 * @returns what `uname -r` will say, and the file lists of kernel-core and kernel-modules-extra.
 */
export async function layOutKernel(unpacked: string, root: string): Promise<{ kver: string; lists: FileLists }> {
  const source = modulesDir(unpacked)
  const kver = basename(source)
  const dir = `/usr/lib/modules/${kver}`
  const target = root + dir
  mkdirSync(dirname(target), { recursive: true })
  cpSync(source, target, { recursive: true, preserveTimestamps: true })
  for (const link of ['build', 'source']) rmSync(join(target, link), { force: true })
  for (const name of ['vmlinuz', 'config', 'System.map']) {
    cpSync(join(unpacked, 'boot', `${name}-${kver}`), join(target, name), { preserveTimestamps: true })
  }
  writeFileSync(join(target, '.vmlinuz.hmac'), hmacLine(readFileSync(join(target, 'vmlinuz')), `vmlinuz-${kver}`))

  // kernel-core's module index must not name what it does not ship, so depmod runs while the extra modules are away.
  const away = join(root, 'extra-modules')
  const extra = join(target, 'extra')
  mkdirSync(away)
  for (const module of EXTRA_MODULES) {
    const file = ['.ko', '.ko.xz']
      .map((ending) => `${module}${ending}`)
      .find((f) => existsSync(join(target, 'kernel', f)))
    if (!file) throw new Error(`the kernel ${kver} has no module ${module}`)
    renameSync(join(target, 'kernel', file), join(away, basename(file)))
  }
  await run(['chroot', root, 'depmod', kver])
  renameSync(away, extra)

  const core = [`%dir ${quotePath(dir)}`]
  for (const name of readdirSync(target).sort()) {
    if (name === 'extra') continue
    // depmod rewrites the index when another package brings modules.
    const index = /^modules\.(?!builtin$|builtin\.modinfo$|order$)/.test(name)
      ? '%verify(not filedigest size mtime) '
      : ''
    core.push(`${index}${quotePath(`${dir}/${name}`)}`)
  }
  return {
    kver,
    lists: new Map([
      ['kernel-core', core],
      ['kernel-modules-extra', [quotePath(`${dir}/extra`)]],
    ]),
  }
}
