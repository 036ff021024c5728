import type { PackageSpec } from './packages.ts'

// The files are finished: rpmbuild must neither strip, compress, byte-compile nor check anything.
const HEADER = `%define debug_package %{nil}
%define __os_install_post %{nil}
%define _build_id_links none
%define __check_files %{nil}
%define _binary_payload w3.zstdio
`

function subpackage(spec: PackageSpec, listFile: string): string {
  const lines = [
    `%package -n ${spec.name}`,
    `Version: ${spec.version}`,
    `Release: ${spec.release}`,
    `Summary: ${spec.name} of LabOS`,
    'AutoReqProv: no',
    ...(spec.noarch ? ['BuildArch: noarch'] : []),
    ...spec.tags,
    `%description -n ${spec.name}`,
    `${spec.name} of LabOS, a distribution for tests.`,
  ]
  for (const [section, script] of Object.entries(spec.scriptlets))
    lines.push(`${section} -n ${spec.name}`, script.trimEnd())
  lines.push(`%files -n ${spec.name} -f ${listFile}`, '')
  return lines.join('\n')
}

/**
 * One spec file for a whole release: `tree` holds every file, each package takes its list.
 *
 * @param tree is moved into the build root: it is gone afterwards.
 */
export function renderSpec(tree: string, specs: readonly PackageSpec[], listFile: (rpm: string) => string): string {
  return `${HEADER}Name: labos
Version: 1
Release: 1
Summary: LabOS
License: MIT
%description
LabOS, a distribution for tests.
%install
mkdir -p %{buildroot}
mv ${tree}/* %{buildroot}/
${specs.map((spec) => subpackage(spec, listFile(spec.name))).join('')}`
}
