import { isPresent } from '../host/facts.ts'
import { distributionOf } from './distributions.ts'
import { type BuiltInRule, same } from './rule.ts'

const LARGE_PAGES = 65_536

export const base: BuiltInRule = {
  name: 'base',
  proven: 'lab',
  about: 'On every host: what the image is built from, for the distribution, the architecture and the target release.',
  when: () => true,
  asks({ host, target }) {
    const distribution = distributionOf(host.os.id)
    const large = host.arch === 'aarch64' && host.pageSize === LARGE_PAGES
    return {
      install_rpms: [
        ...(distribution?.baseRpms ?? []),
        ...(distribution?.baseRpmsByArch?.[host.arch] ?? []),
        ...(distribution?.baseRpmsByTarget?.[target] ?? []),
        ...(large ? [] : (distribution?.kernelRpms ?? [])),
      ],
      copy_files: isPresent(host, '/etc/hosts') ? same(['/etc/hosts']) : [],
    }
  },
}

export const largePages: BuiltInRule = {
  name: 'kernel-64k',
  proven: 'never run',
  about: 'On aarch64 with 64 KiB pages: the kernel for such pages, because file systems made with them need it.',
  when: ({ host }) => host.arch === 'aarch64' && host.pageSize === LARGE_PAGES,
  asks: () => ({ install_rpms: ['kernel-64k', 'kernel-64k-core', 'kernel-64k-modules'] }),
}

export const armLoader: BuiltInRule = {
  name: 'arm-loader',
  proven: 'never run',
  about: 'On aarch64 from 8: the new release’s loader, because the old one can’t start its kernel.',
  when: ({ host, source }) => host.arch === 'aarch64' && source === '8',
  asks: () => ({ install_rpms: ['grub2-efi-aa64', 'shim-aa64'] }),
}

export const mainframe: BuiltInRule = {
  name: 's390x',
  proven: 'never run',
  about: 'On s390x: its tools, and the lists of its disks.',
  when: ({ host }) => host.arch === 's390x',
  asks({ host }) {
    const lists = (['/etc/dasd.conf', '/etc/zfcp.conf'] as const).filter((path) => isPresent(host, path))
    return { install_rpms: ['s390utils-core'], copy_files: same(lists), include_files: [...lists] }
  },
}
