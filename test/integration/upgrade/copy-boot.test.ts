import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { copyBootTask } from '../../../src/tasks/upgrade/copy-boot.ts'
import { sha256 } from '../../../src/tasks/upgrade/digest.ts'
import { type Kill, RpmHost, step } from './rpm-host.ts'

const MIB = 1024 * 1024
const NAMES = {
  kernel: 'vmlinuz-upgrade.x86_64',
  initramfs: 'initramfs-upgrade.x86_64.img',
  hmac: '.vmlinuz-upgrade.x86_64.hmac',
}
const HMAC = 'ab'.repeat(64)

/** Shell that leaves artifacts of these contents, with a true manifest. */
function artifacts(contents: { vmlinuz: Buffer; initramfs: Buffer }): { script: string; payload: Buffer } {
  const hmac = Buffer.from(`${HMAC}  vmlinuz-6.12\n`)
  const product = (data: Buffer) => ({ sha256: sha256(data), size: data.length })
  const inputs = Object.fromEntries(
    ['container', 'stage', 'request', 'flags', 'network'].map((name) => [name, sha256(name)]),
  )
  const manifest = JSON.stringify({
    version: 1,
    arch: 'x86_64',
    kernelVersion: '6.12',
    inputs,
    inputsDigest: sha256('inputs'),
    files: { kernel: product(contents.vmlinuz), initramfs: product(contents.initramfs), hmac: product(hmac) },
    proven: { modules: [], drivers: [], units: [], files: [] },
    builtAt: '2030-01-01T00:00:00Z',
  })
  const { vmlinuz, initramfs } = contents
  return {
    script: `mkdir -p /var/lib/upgrade-push/artifacts; cd /var/lib/upgrade-push/artifacts
      head -c ${vmlinuz.length} >vmlinuz; head -c ${initramfs.length} >initramfs; head -c ${hmac.length} >hmac; cat >manifest.json`,
    payload: Buffer.concat([vmlinuz, initramfs, hmac, Buffer.from(manifest)]),
  }
}

describe('copy_boot on LabOS 8', () => {
  let host: RpmHost
  const vmlinuz = Buffer.alloc(2 * MIB, 'k')
  const initramfs = Buffer.alloc(6 * MIB, 'i')
  const digests = { [NAMES.kernel]: sha256(vmlinuz), [NAMES.initramfs]: sha256(initramfs) }
  const copy = (more: { kill?: Kill; args?: unknown; epilogue?: string } = {}) =>
    step(host, copyBootTask, { args: more.args ?? {}, ...more })
  const boot = async () => (await host.sh('cd /boot; find . -type f | sort')).stdout.split('\n').filter((line) => line)

  beforeAll(async () => {
    host = await RpmHost.create()
    const { script, payload } = artifacts({ vmlinuz, initramfs })
    await host.sh(script, { payload })
  })
  beforeEach(async () => {
    host.prelude = ''
    await host.sh(
      'rm -rf /boot/* /boot/.[!.]*; echo old kernel >/boot/vmlinuz-5; echo old image >/boot/initramfs-5.img',
    )
  })
  afterAll(() => host.remove())

  test('copies the three files, rewrites the hmac, and is content afterwards', async () => {
    const { before, after, failure } = await copy()
    expect(failure?.message).toBeUndefined()
    expect(before).toMatchObject({ kind: 'change', summary: expect.stringMatching(/free before, .* after/) })
    expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
    expect((await host.sh(`cat /boot/${NAMES.hmac}; stat -c %a /boot/${NAMES.initramfs}`)).stdout).toBe(
      `${HMAC}  ${NAMES.kernel}\n600\n`,
    )
    expect(await boot()).toEqual(
      [NAMES.hmac, NAMES.initramfs, 'initramfs-5.img', 'vmlinuz-5', NAMES.kernel].map((n) => `./${n}`).sort(),
    )
  })

  test('takes exactly our three files away again', async () => {
    await copy()
    const { before, after } = await copy({ args: { state: 'absent' } })
    expect(before).toMatchObject({ kind: 'change', diff: [{ removed: expect.arrayContaining(Object.values(NAMES)) }] })
    expect(after).toMatchObject({ kind: 'ok' })
    expect(await boot()).toEqual(['./initramfs-5.img', './vmlinuz-5'])
  })

  test('sees a file that was changed although its size and time are the same', async () => {
    await copy()
    await host.sh(
      `cd /boot; touch -r ${NAMES.kernel} /tmp/t; printf K | dd of=${NAMES.kernel} conv=notrunc 2>/dev/null; touch -r /tmp/t ${NAMES.kernel}`,
    )
    const { before, after } = await copy()
    expect(before).toMatchObject({ summary: expect.stringContaining(`copy ${NAMES.kernel} to /boot`) })
    expect(after).toMatchObject({ kind: 'ok' })
  })

  test('refuses a /boot that is too small, with figures, before writing', async () => {
    host.prelude = 'mount -t tmpfs -o size=5m tmpfs /boot'
    const { before } = await copy()
    expect(before).toMatchObject({
      kind: 'refuse',
      reason: 'no space in /boot: the new files need 8.0 MiB, 5.0 MiB are free',
    })
  })

  test('replaces one by one when there is no room for all beside the old ones', async () => {
    const old = `head -c ${2 * MIB} /dev/zero >/boot/${NAMES.kernel}; head -c ${6 * MIB} /dev/zero >/boot/${NAMES.initramfs}`
    host.prelude = `mount -t tmpfs -o size=15m tmpfs /boot; ${old}`
    const { before, output, failure } = await copy({ epilogue: 'cd /boot; sha256sum vm* init*; ls -A | wc -l' })
    expect(failure?.message).toBeUndefined()
    expect(before).toMatchObject({ kind: 'change', summary: expect.stringContaining('one by one') })
    expect(output?.stdout).toBe(
      `${digests[NAMES.kernel]}  ${NAMES.kernel}\n${digests[NAMES.initramfs]}  ${NAMES.initramfs}\n3\n`,
    )
  })

  test('a /boot that fills up midway is left as it was', async () => {
    // Room by the figures of the check, but another writer is quicker.
    host.prelude = `mount -t tmpfs -o size=20m tmpfs /boot; echo old >/boot/${NAMES.kernel}; [ -z "$FILL" ] || head -c 13M /dev/zero >/boot/other`
    const filled = 'FILL=1'
    const verdict = (await step(host, copyBootTask, { args: {}, apply: false })).before
    if (verdict.kind !== 'change') throw new Error(verdict.kind)
    const frame = copyBootTask.compile?.(verdict.spec, undefined as never)
    host.prelude = host.prelude.replace('[ -z "$FILL" ]', `${filled}; [ -z "$FILL" ]`)
    const result = await host.sh(`(${frame?.script}\n); code=$?; cd /boot; ls -A; cat ${NAMES.kernel}; exit $code`)
    expect(result.stderr.trim()).toMatch(
      /^no space: \/boot filled up while initramfs-upgrade.x86_64.img was written; \/boot is as it was; free space/,
    )
    expect(result.stdout).toBe(`other\n${NAMES.kernel}\nold\n`)
    expect(result.code).toBe(1)
    expect(frame?.result?.(result)).toMatchObject({ msg: expect.stringContaining('no space') })
  })

  test('killed at any moment: every name is whole, old or new, and the next run completes it', async () => {
    await host.sh(`for f in ${Object.values(NAMES).join(' ')}; do echo old >/boot/$f; done`)
    const old = sha256('old\n')
    for (const afterMs of [40, 60, 70, 80, 90, 100, 110, 120, 140, 170]) {
      await host.sh(`for f in ${Object.values(NAMES).join(' ')}; do echo old >/boot/$f; done`)
      const { before } = await copy({ kill: { afterMs } })
      expect(before.kind).toBe('change')
      const found = (await host.sh(`cd /boot; sha256sum ${NAMES.kernel} ${NAMES.initramfs}`)).stdout
      for (const line of found.trim().split('\n')) {
        const [digest, name] = line.split('  ') as [string, string]
        expect([old, digests[name]]).toContain(digest)
      }
      const { after } = await copy()
      if (after) expect(after, JSON.stringify(after)).toMatchObject({ kind: 'ok' })
      expect((await boot()).filter((name) => name.includes('.tmp'))).toEqual([])
    }
  })

  test("an entry that is armed is disarmed before its files change, and nobody else's is touched", async () => {
    const env = '/boot/grub2/grubenv'
    await host.sh(
      `mkdir -p /boot/grub2; grub2-editenv ${env} create; grub2-editenv ${env} set saved_entry=old next_entry=upgrade-push`,
    )
    expect((await copy()).after).toMatchObject({ kind: 'ok' })
    expect((await host.sh(`grub2-editenv ${env} list`)).stdout).toBe('saved_entry=old\n')
    await host.sh(`rm /boot/${NAMES.kernel}; grub2-editenv ${env} set next_entry=memtest`)
    expect((await copy()).after).toMatchObject({ kind: 'ok' })
    expect((await host.sh(`grub2-editenv ${env} list`)).stdout).toBe('saved_entry=old\nnext_entry=memtest\n')
  })

  test('refuses what was not built as its manifest says', async () => {
    await host.sh('cd /var/lib/upgrade-push/artifacts; cp initramfs keep; echo x >>initramfs')
    const { before } = await copy()
    await host.sh('cd /var/lib/upgrade-push/artifacts; mv keep initramfs')
    expect(before).toMatchObject({
      kind: 'refuse',
      reason: '/var/lib/upgrade-push/artifacts/initramfs is not what was built',
    })
  })

  test('refuses a /boot that should be mounted but is not', async () => {
    host.prelude = 'umount /boot; echo "LABEL=boot /boot ext4 defaults 0 2" >/etc/fstab'
    const { before } = await copy()
    await host.sh('rm -f /etc/fstab')
    expect(before).toMatchObject({ kind: 'refuse', reason: expect.stringContaining('not mounted') })
  })
})
