import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Provides } from '../../../src/tasks/contract.ts'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { loadPlugins } from '../../../src/tasks/plugins.ts'
import { gatherModulesTask } from '../../../src/tasks/upgrade/gather-modules.ts'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { runDracutTask } from '../../../src/tasks/upgrade/run-dracut.ts'
import { uploadDracutModulesTask } from '../../../src/tasks/upgrade/upload-dracut-modules.ts'
import { RpmHost, step } from './rpm-host.ts'

const EXAMPLES = resolve('docs/examples')
const REPOSITORIES = [{ id: 'new', baseurl: 'file:///srv/repo9', gpgkey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos' }]

const DUMMY = `set -e
mkdir unpacked; cd unpacked
rpm2cpio "$REPO"/kernel-modules-extra-*.rpm | cpio -idm --quiet
f=$(find . -name 'dummy.ko*')
case $f in *.xz) xz -dc "$f" ;; *) cat "$f" ;; esac >"$TO"`

describe('the examples of docs/, from their files to the image', () => {
  let host: RpmHost
  let dir: string
  const given: Record<string, unknown> = {}
  const run = async (task: Parameters<typeof step>[1], args: unknown): Promise<Provides | undefined> => {
    const files = createControllerFiles({ playbookDir: dir, assetsDir: resolve('assets') })
    const { before, after, failure } = await step(host, task, { args, given, files })
    expect(failure?.message).toBeUndefined()
    expect(after ?? before, JSON.stringify(after ?? before)).toMatchObject({ kind: 'ok' })
    const { provides } = (after ?? before) as { provides?: Provides }
    Object.assign(given, provides)
    return provides
  }

  beforeAll(async () => {
    host = await RpmHost.create()
    dir = await mkdtemp(join(tmpdir(), 'upgrade-push-site-'))
    await cp(join(EXAMPLES, 'site'), dir, { recursive: true })
    // Conditions of requests are tried elsewhere; here there is no engine to evaluate them.
    const banner = join(dir, 'requests.d/20-banner.yml')
    await writeFile(banner, (await readFile(banner, 'utf8')).replace(/^when:.*\n/m, ''))
    const own = await readFile(join(EXAMPLES, 'host/etc/upgrade-push/requests.d/10-local.yml'), 'utf8')
    await host.sh(`echo rack=a1 >/etc/asset; mkdir -p /etc/upgrade-push/requests.d /opt/local/80local-tools
      printf 'check() { return 255; }\\ninstall() { inst_multiple cat; }\\n' >/opt/local/80local-tools/module-setup.sh
      cat >/etc/upgrade-push/requests.d/10-local.yml <<'==='\n${own}===`)
    // Any driver that was built for the new kernel will do as the site's own.
    const { status } = spawnSync('sh', ['-c', DUMMY], {
      env: { PATH: process.env.PATH, REPO: host.distro.repo9, TO: join(dir, 'files/acme_nic.ko') },
      cwd: dir,
    })
    expect(status).toBe(0)
  })
  afterAll(async () => {
    await host.remove()
    await rm(dir, { recursive: true, force: true })
  })

  test('site, host and plugin all get what they asked for into the image, drivers built into the kernel among it', async () => {
    const [rack] = await loadPlugins({ playbookDirs: [dir] })
    await run(rack as Parameters<typeof step>[1], {})
    const drivers = ['virtio_pci', 'virtio_blk', 'ext4', '=fs/nls'].map((name) => ({ name }))
    await run(gatherModulesTask as Parameters<typeof step>[1], {
      target_release: '9',
      networking: 'none',
      kernel_modules: drivers,
    })
    await run(installRpmsTask as Parameters<typeof step>[1], { release: '9', repositories: REPOSITORIES })
    await run(uploadDracutModulesTask as Parameters<typeof step>[1], {})
    await run(runDracutTask as Parameters<typeof step>[1], { compress: 'zstd -1' })

    const { stdout } = await host.sh(`cd /var/lib/upgrade-push; cat artifacts/manifest.json
      mkdir target/tmp/i; cp artifacts/initramfs target/tmp/i.img; chroot target sh -c 'cd /tmp/i; lsinitrd --unpack /tmp/i.img'; cd target/tmp/i
      cat etc/site/old-release; find . -name '*site-banner.sh' -o -name 'acme_nic.ko*'; ls usr/bin/zstd usr/sbin/pvscan`)
    const proven = JSON.parse(stdout.slice(0, stdout.indexOf('\n'))).proven
    expect(proven.drivers).toEqual(['=fs/nls', 'acme_nic', 'ext4', 'virtio_blk', 'virtio_pci'])
    expect(proven.modules).toEqual(expect.arrayContaining(['local-tools', 'site-banner', 'sys-upgrade']))
    expect(proven.files).toEqual(['/etc/os-release', '/etc/site/old-release', '/usr/bin/zstd'])
    expect(stdout).toContain('VERSION_ID=')
    expect(stdout).toMatch(/acme_nic\.ko/)
    expect(stdout).toMatch(/50-site-banner\.sh/)
    expect(stdout).toContain('usr/bin/zstd\nusr/sbin/pvscan\n')
    expect(given.request).toMatchObject({
      target: { kernelArgs: { add: expect.arrayContaining([{ value: 'site.rack=a1', by: ['plugin:rack'] }]) } },
    })
  })
})
