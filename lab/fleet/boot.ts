/** Files below a host's /boot, and /etc/default/grub, as an installer of LabOS 8 leaves them. */
export interface BootFiles {
  boot: Record<string, string>
  defaultGrub: string
  /** Variables of /boot/grub2/grubenv. */
  environment: Record<string, string>
}

const ARGUMENTS = 'root=LABEL=root ro console=ttyS0 net.ifnames=0 quiet'

// The order that matters: a one-shot entry is taken and cleared before anything is booted, the saved one is the default.
const GRUB_CFG = `set timeout=5
load_env
if [ "\${next_entry}" ]; then
  set default="\${next_entry}"
  set next_entry=
  save_env next_entry
  set boot_once=true
else
  set default="\${saved_entry}"
fi
search --no-floppy --label boot --set=root
insmod blscfg
blscfg
`

/**
 * The boot loader's files of a host with one BLS entry, which is the saved default.
 *
 * @param argumentsInEnvironment keeps the kernel arguments in grubenv's `kernelopts`, as installers of RHEL 8's days did.
 */
export function bootFiles(machineId: string, kver: string, argumentsInEnvironment: boolean): BootFiles {
  const id = `${machineId}-${kver}`
  const entry = `title LabOS (${kver}) 8.0
version ${kver}
linux /vmlinuz-${kver}
initrd /initramfs-${kver}.img
options ${argumentsInEnvironment ? '$kernelopts' : ARGUMENTS}
grub_users $grub_users
grub_arg --unrestricted
grub_class kernel
`
  return {
    boot: { [`loader/entries/${id}.conf`]: entry, 'grub2/grub.cfg': GRUB_CFG },
    defaultGrub: `GRUB_TIMEOUT=5
GRUB_DEFAULT=saved
GRUB_DISABLE_SUBMENU=true
GRUB_ENABLE_BLSCFG=true
GRUB_CMDLINE_LINUX="${ARGUMENTS.replace('root=LABEL=root ro ', '')}"
`,
    environment: { saved_entry: id, boot_success: '1', ...(argumentsInEnvironment ? { kernelopts: ARGUMENTS } : {}) },
  }
}
