import type { VmFiles } from './files.ts'

const FIRMWARE = '/usr/share/OVMF/OVMF_CODE.fd'
/** What a new machine's firmware variables start from. */
export const FIRMWARE_VARIABLES = '/usr/share/OVMF/OVMF_VARS.fd'

/** QEMU's name of the network card, for those who unplug it. */
export const NETWORK_CARD = 'card'

/**
 * The command line of one machine: software emulation, UEFI, its disks, ssh forwarded to `port` of the host's loopback address.
 *
 * No cmpxchg16b (`-cx16`): a guest's kernel 6.12 was seen to die of a double fault right behind that instruction, with part of a
 * pointer in its flags. QEMU 7.2 seems to lose track of them there.
 */
export function qemuArgv(name: string, files: VmFiles, disks: number, port: number): [string, ...string[]] {
  return [
    'qemu-system-x86_64',
    ...['-name', name, '-machine', 'q35', '-cpu', 'qemu64,-cx16', '-accel', 'tcg,thread=multi,tb-size=512'],
    ...['-smp', '2', '-m', '2048', '-nodefaults', '-display', 'none'],
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${FIRMWARE}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${files.variables}`],
    // A disk is thrown away with the machine, so nothing needs to reach ours for certain.
    ...Array.from({ length: disks }, (_, i) => [
      ...['-drive', `if=none,id=disk${i},format=qcow2,cache=unsafe,discard=unmap,file=${files.disk(i)}`],
      ...['-device', `virtio-blk-pci,drive=disk${i}`],
    ]).flat(),
    ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${port}-:22`],
    ...['-device', `virtio-net-pci,id=${NETWORK_CARD},netdev=net,romfile=`],
    ...['-device', 'virtio-rng-pci'],
    ...['-chardev', `file,id=serial,path=${files.serialLog},append=on`, '-serial', 'chardev:serial'],
    // Relative: a socket's path may have 107 bytes at most, so QEMU runs in the machine's folder.
    ...['-qmp', 'unix:qmp.sock,server=on,wait=off'],
  ]
}
