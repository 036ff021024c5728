import type { Release } from './release.ts'

/** One RPM subpackage, apart from its file list. */
export interface PackageSpec {
  name: string
  version: string
  release: string
  noarch?: boolean
  /** Preamble lines: Requires, Provides, Obsoletes. */
  tags: readonly string[]
  /** Scriptlets by section name (`%post`), each run by /bin/sh. */
  scriptlets: Readonly<Record<string, string>>
}

/** Which RPM takes the files of which Debian packages; the first match wins, what matches nothing is `labos-base`. */
const OWNERS: readonly (readonly [rpm: string, debs: RegExp])[] = [
  ['dracut-network', /^dracut-network$/],
  ['dracut', /^dracut/],
  ['openssh-clients', /^openssh-client$/],
  ['openssh-server', /^openssh|^libwrap/],
  ['grub2-tools', /^grub-common$/],
  ['lvm2', /^lvm2$|^liblvm2|^dmeventd$|^libdevmapper-event|^thin-provisioning-tools$/],
  ['mdadm', /^mdadm$/],
  ['sudo', /^sudo$/],
  ['binutils', /^binutils|^lib(binutils|ctf|gprofng|sframe|jansson)/],
  ['gnupg2', /^gpg/],
  ['systemd', /^systemd|^udev$|^lib(n?systemd|udev|pam-systemd|nss-systemd)|^dbus/],
  ['rpm', /^rpm|^librpm|^debugedit$/],
  ['dnf', /^dnf|^python3-(dnf|hawkey|libdnf|libcomps|gpg|rpm)|^lib(dnf|comps|repo|modulemd|solv)/],
  ['python3', /^python3|^libpython3|^media-types$/],
]

/** Debian's own package management and what only that needs: no part of an RPM distribution. */
const DROPPED =
  /^(apt|libapt-pkg.*|dpkg|debconf|debianutils-.*|debian-archive-keyring|perl.*|libperl.*|adduser|ucf|sensible-utils)$/

/** The RPM that owns the files of a Debian package, or undefined when they are left out. */
export function ownerOf(deb: string): string | undefined {
  if (DROPPED.test(deb)) return undefined
  return OWNERS.find(([, debs]) => debs.test(deb))?.[0] ?? 'labos-base'
}

const BASE_REQUIRES: Readonly<Record<string, string>> = {
  binutils: 'labos-base',
  dnf: 'rpm python3 gnupg2 labos-base',
  dracut: 'systemd labos-base',
  'dracut-network': 'dracut labos-base',
  gnupg2: 'labos-base',
  'grub2-tools': 'labos-base',
  lvm2: 'systemd labos-base',
  mdadm: 'systemd labos-base',
  'openssh-clients': 'labos-base',
  'openssh-server': 'openssh-clients systemd labos-base',
  python3: 'labos-base',
  rpm: 'labos-base',
  sudo: 'labos-base',
  systemd: 'labos-base',
}

// What RPM scriptlets and other packages ask for by the names that an RPM distribution gives it.
const BASE_PROVIDES =
  '/bin/sh /bin/bash /usr/bin/sh /usr/bin/bash /sbin/ldconfig bash coreutils cpio curl dosfstools e2fsprogs glibc ' +
  'iproute kmod procps-ng shadow-utils tar util-linux zstd'

// A root without boot loader entries is a container or an image being built: there is nothing to add to.
const ONLY_WITH_LOADER = '[ -d /boot/loader/entries ] || exit 0\n'

/** The packages that carry the distribution itself; `rpms` are the names that the file lists ended up with. */
export function systemPackages(release: Release, rpms: Iterable<string>): PackageSpec[] {
  const v = release.version
  const version = { version: `${v}.0`, release: `1.lab${v}` }
  const specs: PackageSpec[] = [
    {
      name: 'labos-release',
      ...version,
      noarch: true,
      tags: [`Provides: system-release = ${v}.0 system-release(releasever) = ${v}`],
      scriptlets: {},
    },
    {
      name: 'setup',
      ...version,
      noarch: true,
      tags: ['Requires: labos-release'],
      scriptlets: {},
    },
    {
      name: 'labos-base',
      ...version,
      tags: ['Requires: setup labos-release', `Provides: ${BASE_PROVIDES}`],
      scriptlets: { '%post': '/sbin/ldconfig || :\n' },
    },
  ]
  for (const name of rpms) {
    const requires = BASE_REQUIRES[name]
    if (requires) specs.push({ name, ...version, tags: [`Requires: ${requires}`], scriptlets: {} })
  }
  return specs
}

/** The kernel's packages. `kver` is what `uname -r` says, e.g. `6.1.0-50-cloud-amd64`. */
export function kernelPackages(release: Release, kver: string): PackageSpec[] {
  // An RPM version may hold no dash, and dnf compares it: 6.12.107+deb13-cloud-amd64 becomes 6.12.107-13.
  const [, upstream, abi] = /^(\d+\.\d+\.\d+)\D*(\d+)?/.exec(kver) ?? []
  if (!upstream) throw new Error(`kernel version '${kver}' does not start with three numbers`)
  const version = { version: upstream, release: `${abi ?? 1}.lab${release.version}` }
  const full = `${version.version}-${version.release}`
  return [
    {
      name: 'kernel-core',
      ...version,
      tags: [
        `Provides: kernel = ${full} kernel-modules = ${full} kernel-modules-core = ${full} installonlypkg(kernel)`,
        'Requires(posttrans): labos-base systemd',
      ],
      scriptlets: {
        '%posttrans': `${ONLY_WITH_LOADER}/bin/kernel-install add ${kver} /usr/lib/modules/${kver}/vmlinuz || :\n`,
        '%preun': `${ONLY_WITH_LOADER}/bin/kernel-install remove ${kver} || :\n`,
      },
    },
    {
      name: 'kernel-modules-extra',
      ...version,
      tags: [
        `Requires: kernel-core = ${full}`,
        'Provides: installonlypkg(kernel-module)',
        'Requires(post): labos-base',
      ],
      scriptlets: {
        '%post': `depmod -a ${kver} || :\n`,
        '%postun': `[ ! -e /usr/lib/modules/${kver}/modules.order ] || depmod -a ${kver} || :\n`,
      },
    },
  ]
}
