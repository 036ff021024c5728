import type { AddedFile } from './content.ts'
import type { PackageSpec } from './packages.ts'
import type { Release } from './release.ts'

interface Leaf {
  name: string
  tags?: readonly string[]
  scriptlets?: Readonly<Record<string, string>>
  files: Readonly<Record<string, string>>
}

function leaves(v: Release['version'], version: string): Leaf[] {
  return [
    {
      name: 'labos-motd',
      files: { '/etc/motd.d/labos': `Welcome to LabOS ${v}\n`, '/usr/share/labos-motd/version': `${v}\n` },
    },
    {
      // A configuration file that both releases ship: what the operator changed must survive as it is.
      name: 'webapp',
      files: {
        '/etc/webapp.conf': `# webapp ${version}\nthreads=${v}\n`,
        '/usr/bin/webapp': `#!/bin/sh\necho webapp ${version}\n`,
      },
    },
    {
      // Takes as many seconds as /etc/labos-slow says: a transaction that can be watched and interrupted.
      name: 'slowpost',
      scriptlets: {
        '%post':
          'n=0; [ ! -e /etc/labos-slow ] || n=$(cat /etc/labos-slow); i=0\n' +
          'while [ "$i" -lt "$n" ]; do i=$((i+1)); echo "slowpost step $i/$n"; sleep 1; done\n',
      },
      files: { '/usr/share/slowpost/version': `${version}\n` },
    },
    {
      name: 'failpre',
      scriptlets: { '%pre': 'if [ -e /etc/labos-fail ]; then echo "failpre: refusing" >&2; exit 1; fi\n' },
      files: { '/usr/share/failpre/version': `${version}\n` },
    },
    ...(v === '8'
      ? [
          { name: 'legacy-tool', files: { '/usr/bin/legacy-tool': '#!/bin/sh\necho legacy\n' } },
          { name: 'gone-tool', files: { '/usr/bin/gone-tool': '#!/bin/sh\necho gone\n' } },
        ]
      : [
          {
            name: 'modern-tool',
            tags: ['Obsoletes: legacy-tool < 2', 'Provides: legacy-tool = 2.0'],
            files: { '/usr/bin/modern-tool': '#!/bin/sh\necho modern\n' },
          },
          { name: 'new-tool', files: { '/usr/bin/new-tool': '#!/bin/sh\necho new\n' } },
        ]),
  ]
}

/** Small packages with one behaviour each that an upgrade must get right: replaced, removed, new, slow, failing, configured. */
export function leafPackages(release: Release): { specs: PackageSpec[]; files: AddedFile[] } {
  const version = release.version === '8' ? '1.0' : '2.0'
  const all = leaves(release.version, version)
  return {
    specs: all.map((leaf) => ({
      name: leaf.name,
      version,
      release: `1.lab${release.version}`,
      noarch: true,
      tags: ['Requires: labos-base', ...(leaf.tags ?? [])],
      scriptlets: leaf.scriptlets ?? {},
    })),
    files: all.flatMap((leaf) =>
      Object.entries(leaf.files).map(([path, text]) => ({
        rpm: leaf.name,
        path,
        text,
        mode: path.startsWith('/usr/bin/') ? 0o755 : 0o644,
      })),
    ),
  }
}
