import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badCopy } from '../../../../src/tasks/upgrade/container/copies.ts'
import { DNF_FOLDERS, dnfCommand, prepareDnf } from '../../../../src/tasks/upgrade/container/dnf.ts'
import { dnfProbe, presentPinsProbe } from '../../../../src/tasks/upgrade/container/host-dnf.ts'
import { FAILED, installScript } from '../../../../src/tasks/upgrade/container/install-script.ts'
import { containerProbe, copySourcesProbe } from '../../../../src/tasks/upgrade/container/probe.ts'
import { installFailure } from '../../../../src/tasks/upgrade/install-rpms.ts'
import { installRpmsArgs } from '../../../../src/tasks/upgrade/install-rpms-args.ts'
import type { ContainerInputs } from '../../../../src/tasks/upgrade/manifests.ts'

const INPUTS: ContainerInputs = {
  release: '9.4',
  arch: 'x86_64',
  repositories: [{ id: 'base' }, { id: 'vendor', baseurl: 'https://example.com/$releasever', gpgkey: '/etc/key' }],
  gpgcheck: true,
  gpgkeys: [],
  rpms: ['kernel-core'],
  copies: [],
}
const said = (stdout: string, code = 0) => ({ code, stdout, stderr: '', truncated: false })

describe("dnf's command line", () => {
  test('names the repositories and no other, our folders, and no plugin', () => {
    const command = dnfCommand(INPUTS, DNF_FOLDERS).replaceAll("'", '')
    expect(command).toContain('--disablerepo=* --enablerepo=base --enablerepo=vendor')
    expect(command).toContain('--releasever=9.4')
    expect(command).toContain('module_platform_id=platform:el9')
    expect(command).toContain('--noplugins')
    expect(command).toContain('--setopt=gpgcheck=1')
    expect(command).not.toContain('--nogpgcheck')
  })
  test('signatures are left unchecked only when told so', () => {
    expect(dnfCommand({ ...INPUTS, gpgcheck: false }, DNF_FOLDERS)).toContain('--nogpgcheck')
  })
  test("the playbook's own repositories are written where only our dnf looks", () => {
    const script = prepareDnf(INPUTS, DNF_FOLDERS)
    expect(script).toContain('[vendor]\nname=vendor\nbaseurl=https://example.com/$releasever\n')
    expect(script).toContain('gpgkey=file:///etc/key')
    expect(script).not.toContain('/etc/yum.repos.d/')
    expect(script).not.toContain('[base]')
  })
})

describe('the install script', () => {
  const path = fc.stringMatching(/^\/[ -~]{0,20}\/[ -~]{1,20}$/)
  test('is shell whatever the files are called, in both modes', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ src: path, dst: path }), { maxLength: 3 }), fc.boolean(), (copies, anew) => {
        const script = installScript({
          mode: anew ? 'packages' : 'files',
          inputs: { ...INPUTS, copies },
          pins: { base: 'p' },
        })
        execFileSync('sh', ['-n'], { input: script })
        const inner = execFileSync('sh', [
          '-c',
          `unshare() { shift 10; while [ "$1" != -c ]; do shift; done; printf %s "$2"; }\n${script}`,
        ])
        expect(inner.toString()).toContain('mount_container')
        execFileSync('sh', ['-n'], { input: inner })
      }),
      { numRuns: 30 },
    )
  })
})

describe('copies', () => {
  test.each(['/etc/hosts', '/etc/lvm', '/usr/share/x/y'])('%s is fine', (dst) =>
    expect(badCopy({ src: '/x', dst })).toBeUndefined(),
  )
  test.each(['/', '/etc', '/etc/', '//usr/.', '/etc/../usr/x'])('%s is not', (dst) =>
    expect(badCopy({ src: '/x', dst })).toBeDefined(),
  )
})

describe('what probes make of answers', () => {
  test('dnf and the repositories with their files', () => {
    const fact = dnfProbe.parse(
      said('dnf4\nrepo /etc/yum.repos.d/a.repo base\nrepo /etc/yum.repos.d/b.repo base\nrepo /etc/dnf/dnf.conf main\n'),
    )
    expect(fact).toEqual({ generation: 'dnf4', repositories: { base: '/etc/yum.repos.d/a.repo' } })
    expect(dnfProbe.parse(said('')).generation).toBe('none')
  })
  test('a container without a manifest', () => {
    expect(containerProbe.parse(said('tree\nrpmdb abc\nkernel 6.1\n'))).toEqual({
      manifest: { kind: 'absent' },
      tree: true,
      rpmdb: 'abc',
      kernel: false,
    })
  })
  test('sources of copies, whose paths may hold spaces', () => {
    expect(copySourcesProbe.parse(said('abc /etc/a b\nmissing /etc/c\n'))).toEqual({
      '/etc/a b': 'abc',
      '/etc/c': 'missing',
    })
  })
  test('present pins, and why there are none', () => {
    const probe = presentPinsProbe(INPUTS, true)
    expect(probe.parse(said('pin base abc\n'))).toEqual({ kind: 'pins', pins: { base: 'abc' } })
    expect(probe.parse(said('Error: x', 1))).toEqual({ kind: 'failed', output: 'Error: x' })
    expect(presentPinsProbe(INPUTS, false).parse(said(''))).toEqual({ kind: 'not asked' })
  })
})

describe('why an installation failed', () => {
  const failure = (stdout: string, stderr: string, code = 1) =>
    installFailure({ code, stdout, stderr, truncated: false }, '/var/log/upgrade-push/x.log')
  test("the script's own words", () => {
    expect(failure('', `noise\n${FAILED}no space: 5 MiB\n`)).toMatchObject({
      message: 'no space: 5 MiB',
      remedy: expect.stringContaining('/var/log/upgrade-push/x.log'),
    })
  })
  test("dnf's words, condensed", () => {
    expect(failure("Error: Unknown repo: 'nope'\n", `${FAILED}dnf\n`).message).toBe('no such repository: nope')
  })
  test('a job that was killed', () => {
    expect(failure('Installing\n', '', 137).message).toContain('cut off (ended by signal 9)')
  })
})

describe('arguments', () => {
  const bad = (args: unknown) => installRpmsArgs.safeParse(args).error?.issues[0]?.message
  test('a repository of the playbook needs a key, or an explicit no', () => {
    const repositories = [{ id: 'v', baseurl: 'https://example.com/x' }]
    expect(bad({ release: '9', repositories })).toContain('v needs a gpgkey, or gpgcheck: false')
    expect(bad({ release: '9', repositories, gpgcheck: false })).toBeUndefined()
    expect(bad({ release: '9', repositories, gpgkeys: ['/etc/key'] })).toBeUndefined()
  })
  test.each([
    [{ release: '9', repositories: [] }],
    [{ release: '9', repositories: ['a', 'a'] }],
    [{ release: '9', repositories: ['--config=/etc/shadow'] }],
    [{ release: '-x', repositories: ['a'] }],
    [{ release: '9', repositories: [{ id: 'v', baseurl: 'https://user:secret@example.com', gpgkey: '/k' }] }],
    [{ release: '9', repositories: ['a'], repository: 'b' }],
  ])('%j is refused', (args) => expect(bad(args)).toBeDefined())
})
