import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeGrub } from './grub.ts'
import { ENTRY_TOKEN, kernelArguments, MACHINE_ID } from './guest.ts'
import type { Layout } from './layout.ts'

/** The boot loader's entry of the installed kernel, as `kernel-install` would write it. Paths are below /boot, a file system of its own. */
function bootEntry(layout: Layout, kver: string): string {
  return `title LabOS 8
version ${kver}
machine-id ${MACHINE_ID}
sort-key labos
options ${kernelArguments(layout)}
linux /${ENTRY_TOKEN}/${kver}/linux
initrd /${ENTRY_TOKEN}/${kver}/initrd
`
}

async function writeSystemdBoot(root: string): Promise<void> {
  const loader = join(root, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi')
  for (const path of ['EFI/BOOT/BOOTX64.EFI', 'EFI/systemd/systemd-bootx64.efi'])
    await cp(loader, join(root, 'boot', path), { force: true, recursive: true })
  await writeFile(join(root, 'boot/loader/loader.conf'), 'timeout 0\nconsole-mode keep\n')
}

/**
 * Fills /boot below `root`: boot loader, kernel, initramfs and the installed kernel's entry.
 *
 * @param kernel,initramfs files to copy.
 */
export async function writeBootFiles(
  root: string,
  layout: Layout,
  kver: string,
  kernel: string,
  initramfs: string,
): Promise<void> {
  const boot = join(root, 'boot')
  const entry = `${ENTRY_TOKEN}-${kver}`
  const texts = { 'loader/entries.srel': 'type1\n', [`loader/entries/${entry}.conf`]: bootEntry(layout, kver) }
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(boot, path)), { recursive: true })
    await writeFile(join(boot, path), text)
  }
  const folder = join(boot, ENTRY_TOKEN, kver)
  await mkdir(folder, { recursive: true })
  await cp(kernel, join(folder, 'linux'))
  await cp(initramfs, join(folder, 'initrd'))
  if (layout.loader === 'grub') await writeGrub(boot, entry)
  else await writeSystemdBoot(root)
}
