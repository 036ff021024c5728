import { describe, expect, test } from 'vitest'
import { digestOf } from '../../../../src/tasks/upgrade/digest.ts'
import { buildScript } from '../../../../src/tasks/upgrade/image/build-script.ts'
import { changedInputs, imageInputsOf } from '../../../../src/tasks/upgrade/image/inputs.ts'
import { arraysProbe, artifactsProbe } from '../../../../src/tasks/upgrade/image/probes.ts'
import { wantedImage } from '../../../../src/tasks/upgrade/image/wanted.ts'
import type { ArtifactsManifest } from '../../../../src/tasks/upgrade/manifests.ts'
import { runDracutTask } from '../../../../src/tasks/upgrade/run-dracut.ts'
import { aRequest } from '../../../integration/upgrade/a-request.ts'

const ARRAYS = ['11111111:22222222:33333333:44444444']
const { request } = aRequest({
  kernelModules: [{ name: 'nvme', source: { kind: 'container' } }],
  includeFiles: ['/etc/lvm/lvm.conf'],
})
const wanted = wantedImage(request, ARRAYS)
const inputs = imageInputsOf('c', 's', wanted)
const manifest = { inputs } as unknown as ArtifactsManifest

const NETWORK = {
  setup: 'eth0: DHCP',
  files: [{ name: '20-upgrade-eth0.network', text: "[Match]\nName=it's\n" }],
  port: 2222,
  authorizedKey: 'ssh-ed25519 AAAA',
}

describe('what an image is built from', () => {
  test('our modules are always wanted, once, whoever else asks for them', () => {
    const twice = aRequest({ dracutModules: [{ name: 'sys-upgrade', source: { kind: 'container' } }] }).request
    expect(wantedImage(twice, []).modules).toEqual(['sys-upgrade', 'sys-upgrade-redhat'])
  })

  test('each input is named when it changes, and no other', () => {
    const more = wantedImage({ ...request, lvmconf: true }, ARRAYS)
    expect(changedInputs(inputs, manifest)).toEqual([])
    expect(changedInputs(imageInputsOf('x', 's', wanted), manifest)).toEqual([
      expect.stringMatching(/^the container changed/),
    ])
    expect(changedInputs(imageInputsOf('c', 'x', wanted), manifest)).toEqual([
      expect.stringMatching(/^the staged modules changed/),
    ])
    expect(changedInputs(imageInputsOf('c', 's', more), manifest)).toEqual([expect.stringMatching(/^dracut's flags/)])
    const reachable = wantedImage({ ...request, network: NETWORK }, ARRAYS)
    expect(changedInputs({ ...imageInputsOf('c', 's', reachable), request: inputs.request }, manifest)).toEqual([
      expect.stringMatching(/^the network or the key/),
    ])
    const elsewhere = wantedImage({ ...request, network: { ...NETWORK, port: 22 } }, ARRAYS)
    expect(imageInputsOf('c', 's', elsewhere).network).not.toBe(imageInputsOf('c', 's', reachable).network)
    const other = wantedImage(aRequest().request, ARRAYS)
    expect(changedInputs(imageInputsOf('c', 's', other), manifest)).toEqual([
      expect.stringMatching(/^the requested modules/),
    ])
  })

  test('an image that is what its inputs say is left alone', () => {
    const files = Object.fromEntries(
      ['kernel', 'initramfs', 'hmac'].map((name) => [name, { sha256: name, size: 1048576 }]),
    )
    const proven = { modules: wanted.modules, drivers: wanted.drivers, units: wanted.units, files: wanted.files }
    const built = {
      version: 1,
      arch: 'x86_64',
      kernelVersion: '6.12',
      inputs,
      inputsDigest: digestOf(inputs),
      files,
      proven,
    }
    const facts = {
      request: { kind: 'absent' },
      arrays: ARRAYS,
      container: {
        tree: true,
        rpmdb: 'db',
        kernel: true,
        manifest: { kind: 'present', value: { digest: 'c', rpmdb: 'db', kernel: { release: '6.12' } } },
      },
      staged: {
        digest: 's',
        manifest: {
          kind: 'present',
          value: { digest: 's', dracut: ['85sys-upgrade-redhat', '90sys-upgrade'], kernel: [], units: [] },
        },
      },
      artifacts: {
        manifest: { kind: 'present', value: built },
        digests: { kernel: 'kernel', initramfs: 'initramfs', hmac: 'hmac' },
      },
    }
    const check = (changed: object) =>
      runDracutTask.check({
        args: { timeout: 1 },
        facts: { ...facts, ...changed } as unknown as Parameters<typeof runDracutTask.check>[0]['facts'],
        local: undefined,
        given: { request },
        host: 'web1',
        mode: 'check',
        evaluate: () => null,
      })
    expect(check({})).toMatchObject({ kind: 'ok', result: { drivers: ['nvme'] } })
    expect(check({ arrays: [] })).toMatchObject({ kind: 'ok' })
    const damaged = { ...facts.artifacts, digests: { kernel: 'kernel', initramfs: 'other' } }
    expect(check({ artifacts: damaged })).toMatchObject({
      kind: 'change',
      summary: expect.stringMatching(/artifacts\/initramfs is not what was built; .*artifacts\/hmac is gone/),
    })
  })
})

describe('the build script', () => {
  const spec = { arch: 'x86_64', kernel: '6.12', inputs, inputsDigest: digestOf(inputs) }
  test('ignores all configuration of dracut, with a file and a folder that are not the same path', () => {
    const script = buildScript({ ...spec, wanted })
    expect(script).toContain('--no-hostonly --conf /run/upgrade-push/empty.conf --confdir /run/upgrade-push/conf.d')
    expect(script).toContain('mount --bind "$W/hidden" "$dracut_dir/dracut.conf.d"')
    expect(script).toContain('--add-drivers nvme')
    expect(script).toContain('--nomdadmconf --nolvmconf')
  })
  test('packs the image with the program that was asked for, and it counts as a change', () => {
    const packed = wantedImage(request, ARRAYS, 'zstd -3')
    expect(buildScript({ ...spec, wanted: packed })).toMatch(/--compress '+\\?'*'?zstd -3/)
    expect(buildScript({ ...spec, wanted })).not.toContain('--compress')
    expect(changedInputs(imageInputsOf('c', 's', packed), manifest)).toEqual([expect.stringMatching(/^dracut's flags/)])
  })
  test('makes a host key of its own and puts the network where the dracut module finds it, and nothing of it without a network', () => {
    const reachable = buildScript({ ...spec, wanted: wantedImage({ ...request, network: NETWORK }, ARRAYS) })
    expect(reachable).toContain('ssh-keygen -q -t ed25519')
    expect(reachable).toContain('restrict,pty ssh-ed25519 AAAA')
    expect(reachable).toContain('20-upgrade-eth0.network')
    expect(reachable).toContain('Port 2222')
    expect(reachable).toContain('unit upgrade-sshd.service')
    expect(reachable).toContain('sys-upgrade sys-upgrade-network sys-upgrade-redhat')
    expect(buildScript({ ...spec, wanted })).not.toMatch(/ssh-keygen|sys-upgrade-network|upgrade-sshd/)
  })
  test('a network by something else than systemd-networkd brings no unit of ours for it', () => {
    const { units } = wantedImage({ ...request, network: { ...NETWORK, files: [] } }, ARRAYS)
    expect(units).toContain('upgrade-sshd.service')
    expect(units).not.toContain('upgrade-network.service')
  })
  test('names every RAID array when mdadm is configured', () => {
    const raid = wantedImage({ ...request, mdadmconf: true, lvmconf: true }, ARRAYS)
    const script = buildScript({ ...spec, wanted: raid })
    expect(script).toContain(`rd.md.uuid=${ARRAYS[0]}`)
    expect(script).toContain('/etc/cmdline.d/50-upgrade-push.conf')
    expect(script).toContain('--mdadmconf --lvmconf')
  })
})

describe('what probes make of answers', () => {
  const said = (stdout: string) => ({ code: 0, stdout, stderr: '', truncated: false })
  test('RAID arrays', () => {
    const scan = `ARRAY /dev/md/1 metadata=1.2 name=h:1 UUID=bbbbbbbb:22222222:33333333:44444444
ARRAY /dev/md/0 metadata=1.2 name=h:0 UUID=aaaaaaaa:22222222:33333333:44444444\n`
    expect(arraysProbe.parse(said(scan))).toEqual([
      'aaaaaaaa:22222222:33333333:44444444',
      'bbbbbbbb:22222222:33333333:44444444',
    ])
    expect(arraysProbe.parse(said('UUID=$(reboot)\n'))).toEqual([])
  })
  test('artifacts by their names in the manifest', () => {
    expect(artifactsProbe.parse(said('file vmlinuz k\nfile initramfs i\nhmac aa  vmlinuz\n\n'))).toEqual({
      manifest: { kind: 'absent' },
      digests: { kernel: 'k', initramfs: 'i' },
      hmac: 'aa  vmlinuz',
    })
  })
})
