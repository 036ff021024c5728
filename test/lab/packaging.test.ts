import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addedFiles, repoFile } from '../../lab/distro/content.ts'
import { quotePath } from '../../lab/distro/filelist.ts'
import { hmacLine } from '../../lab/distro/kernel.ts'
import { leafPackages } from '../../lab/distro/leaves.ts'
import { kernelPackages, ownerOf, systemPackages } from '../../lab/distro/packages.ts'
import { RELEASES } from '../../lab/distro/release.ts'
import { renderSpec } from '../../lab/distro/spec.ts'

const [r8, r9] = RELEASES

describe('quotePath', () => {
  test('leaves nothing that rpm would expand on its own', () => {
    expect(quotePath('/usr/bin/[')).toBe('"/usr/bin/[[]"')
    expect(quotePath('/lib/system-systemd\\x2dcryptsetup.slice')).toBe('"/lib/system-systemd?x2dcryptsetup.slice"')
    fc.assert(
      fc.property(fc.string(), (path) => {
        const bare = quotePath(path)
          .slice(1, -1)
          .replaceAll('%%', '')
          .replace(/\[[[*?]\]/g, '')
        expect(bare).not.toMatch(/[[*%\\]/)
      }),
    )
  })
})

test('the hmac line is what sha512hmac prints', () => {
  // HMAC-SHA512 of nothing under the well-known key, 128 hexadecimal digits, two spaces, the file's name.
  expect(hmacLine(Buffer.from(''), 'vmlinuz-6.1')).toMatch(/^[0-9a-f]{128} {2}vmlinuz-6\.1\n$/)
  expect(hmacLine(Buffer.from('a'), 'k')).not.toBe(hmacLine(Buffer.from('b'), 'k'))
})

test('Debian packages go to the RPM that an RPM distribution would have them in', () => {
  expect(
    ['openssh-server', 'openssh-client', 'libc6', 'udev', 'grub-common', 'python3-dnf', 'python3.11'].map(ownerOf),
  ).toEqual(['openssh-server', 'openssh-clients', 'labos-base', 'systemd', 'grub2-tools', 'dnf', 'python3'])
  for (const dropped of ['apt', 'dpkg', 'libapt-pkg6.0', 'perl-base']) expect(ownerOf(dropped)).toBeUndefined()
})

describe('kernel packages', () => {
  test('have versions that rpm takes and compares', () => {
    const versions = [kernelPackages(r8, '6.1.0-50-cloud-amd64'), kernelPackages(r9, '6.12.107+deb13-cloud-amd64')]
    expect(versions.map(([core]) => `${core?.version}-${core?.release}`)).toEqual(['6.1.0-50.lab8', '6.12.107-13.lab9'])
    expect(() => kernelPackages(r8, 'cloud')).toThrow('does not start with three numbers')
  })

  test('touch a boot loader only where there is one', () => {
    for (const script of Object.values(kernelPackages(r8, '6.1.0-50-cloud-amd64')[0]?.scriptlets ?? {})) {
      expect(script).toMatch(/^\[ -d \/boot\/loader\/entries \] \|\| exit 0\n/)
    }
  })
})

test('the spec has each package once, with its list and scriptlets', () => {
  const specs = [...systemPackages(r9, ['dnf', 'sudo']), ...leafPackages(r9).specs]
  const spec = renderSpec('/tree', specs, (rpm) => `/lists/${rpm}`)
  for (const { name } of specs) expect(spec.split(`%package -n ${name}\n`)).toHaveLength(2)
  expect(spec).toContain('%pre -n failpre\n')
  expect(spec).toContain('Obsoletes: legacy-tool < 2\n')
  expect(spec).toContain('%files -n dnf -f /lists/dnf\n')
})

test('both releases sign and check their packages', () => {
  for (const release of RELEASES) {
    const files = addedFiles(release, 'KEY')
    expect(files.find((file) => file.path === '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos')?.text).toBe('KEY')
    expect(files.find((file) => file.path === '/usr/lib/os-release')?.text).toContain(
      `VERSION_ID="${release.version}.0"`,
    )
  }
  expect(repoFile('http://127.23.0.1:8808')).toMatch(
    /baseurl=http:\/\/127\.23\.0\.1:8808\/labos\$releasever\/\nenabled=1\ngpgcheck=1\n/,
  )
})
