import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../command.ts'

/** Of the build machine's GRUB, of the same kind as the guest's. */
const MODULES = '/usr/lib/grub/x86_64-efi'

/** What reads the configuration and the entries; what boots an entry is loaded for it, see below. */
const BUILT_IN = [
  ...['normal', 'configfile', 'search', 'search_label', 'part_gpt', 'fat', 'ext2', 'test', 'echo', 'regexp', 'true'],
  ...['loadenv', 'serial', 'terminal', 'sleep', 'halt', 'reboot', 'gzio'],
]
/** Apart, in GRUB's folder: an entry is read before there is a command 'linux' or 'initrd', so that the names can mean lines. */
const LOADED = ['linux', 'mmap', 'relocator', 'video', 'boot', 'bufio', 'gettext', 'cpuid']

/** On the system partition, it only leads to the real one: as since EL 9. */
const STUB = `search --no-floppy --label --set=dev labos-boot
set prefix=($dev)/grub2
export $prefix
configfile $prefix/grub.cfg
`

// Boot Loader Specification files happen to be words that GRUB's own scripts can be made of: each key is a function here, and
// reading an entry is running it. RHEL's GRUB has a command 'blscfg' in its place; Debian's has not.
const CONFIG = `serial --unit=0 --speed=115200
terminal_output serial
set timeout=0
if [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "\${next_entry}" ]; then
  set default="\${next_entry}"
  set next_entry=
  save_env next_entry
  set boot_once=true
else
  set default="\${saved_entry}"
fi
search --no-floppy --label --set=root labos-boot

function title { set bls_title="$*"; }
function version { true; }
function options { set bls_options="$*"; }
function linux { set bls_linux="$1"; }
function initrd { set bls_initrd="$1"; }
function blscfg {
  for file in ($root)/loader/entries/*.conf; do
    unset bls_title
    unset bls_options
    unset bls_linux
    unset bls_initrd
    source $file
    regexp --set=1:bls_id '/([^/]*)\\.conf$' $file
    menuentry "$bls_title" --id "$bls_id" "$bls_linux" "$bls_options" "$bls_initrd" {
      insmod linux
      echo "GRUB: booting $1"
      linux $2 $3
      initrd $4
    }
  done
}
blscfg
`

/**
 * Installs GRUB for EFI below a /boot whose efi/ is the system partition: as EL 9 does, with one-shot and saved entry in
 * /boot/grub2/grubenv.
 *
 * @param saved id of the entry that boots when nothing else is asked for.
 */
export async function writeGrub(boot: string, saved: string): Promise<void> {
  const folder = join(boot, 'grub2')
  await mkdir(join(folder, 'x86_64-efi'), { recursive: true })
  for (const module of LOADED) await cp(join(MODULES, `${module}.mod`), join(folder, 'x86_64-efi', `${module}.mod`))
  await writeFile(join(folder, 'grub.cfg'), CONFIG)
  await run(['grub-editenv', join(folder, 'grubenv'), 'create'])
  await run(['grub-editenv', join(folder, 'grubenv'), 'set', `saved_entry=${saved}`])

  const vendor = join(boot, 'efi/EFI/labos')
  const image = join(vendor, 'grubx64.efi')
  await mkdir(vendor, { recursive: true })
  await writeFile(join(vendor, 'grub.cfg'), STUB)
  await run(['grub-mkimage', '-O', 'x86_64-efi', '-d', MODULES, '-p', '/EFI/labos', '-o', image, ...BUILT_IN])
  const removable = join(boot, 'efi/EFI/BOOT/BOOTX64.EFI')
  await mkdir(dirname(removable), { recursive: true })
  await rm(removable, { force: true })
  await cp(image, removable)
}
