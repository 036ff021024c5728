import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Distro, ensureDistro } from '../../../lab/distro/distro.ts'
import { dnfInstall } from '../../../lab/distro/root.ts'
import type { ControllerFiles } from '../../../src/tasks/contract.ts'
import type { HostState } from '../../../src/tasks/upgrade/finish/host-state.ts'
import { loadFinish } from '../../../src/tasks/upgrade/finish/local.ts'
import { planFinish } from '../../../src/tasks/upgrade/finish/plan.ts'
import type { MergedRequest } from '../../../src/tasks/upgrade/request.ts'

const ASSETS = fileURLToPath(new URL('../../../assets/', import.meta.url))

/** What a transaction leaves: an installed LabOS 9, made once for a test file. */
export class NewRelease {
  readonly distro: Distro
  readonly dir: string
  readonly root: string
  readonly kernel: string

  private constructor(distro: Distro, dir: string) {
    this.distro = distro
    this.dir = dir
    this.root = join(dir, 'root9')
    this.kernel = distro.kernel9
  }

  static async install(): Promise<NewRelease> {
    const distro = await ensureDistro(() => {})
    const dir = await mkdtemp(join(tmpdir(), 'upgrade-push-release-'))
    const release = new NewRelease(distro, dir)
    const rpms = [
      'labos-release',
      'kernel-core',
      'dracut',
      'rpm',
      'systemd',
      'openssh-server',
      'grub2-tools',
      'binutils',
    ]
    await dnfInstall(release.root, distro.repo9, '9', distro.gpgKey, join(dir, 'work'), rpms)
    return release
  }

  /** Unpacks the kernel's further drivers and returns the folder that holds them. */
  moreDrivers(): string {
    const dir = join(this.dir, 'extra')
    if (!existsSync(dir)) {
      mkdirSync(dir)
      const rpm = readdirSync(this.distro.repo9).find((name) => name.startsWith('kernel-modules-extra-')) as string
      execFileSync('sh', ['-c', 'rpm2cpio "$1" | cpio -idm --quiet', 'sh', join(this.distro.repo9, rpm)], { cwd: dir })
    }
    return join(dir, 'usr/lib/modules', this.kernel, 'extra')
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** A writable layer over the new release, and around it what the initramfs has: our scripts and a folder for notes about the boot. */
export class NewRoot {
  readonly release: NewRelease
  readonly dir: string
  readonly lib: string

  private constructor(release: NewRelease, dir: string) {
    this.release = release
    this.dir = dir
    this.lib = join(dir, 'lib')
    for (const name of ['upper', 'work', 'sysroot', 'run', 'lib/steps', 'lib/finish']) {
      mkdirSync(join(dir, name), { recursive: true })
    }
    writeFileSync(join(dir, 'consoles'), '')
    writeFileSync(
      join(dir, 'cmdline'),
      `rd.upgrade.run=r1 rd.upgrade.image=${'a'.repeat(64)} rd.upgrade.plan=${'b'.repeat(64)}\n`,
    )
    // As module-setup.sh lays them out in the image.
    for (const name of readdirSync(join(ASSETS, 'dracut/90sys-upgrade')).filter((file) => file.endsWith('.sh'))) {
      copyFileSync(join(ASSETS, 'dracut/90sys-upgrade', name), join(this.lib, name))
    }
    const own = join(ASSETS, 'dracut/85sys-upgrade-redhat')
    cpSync(join(own, 'finish'), join(this.lib, 'finish'), { recursive: true })
    copyFileSync(join(own, 'enter.sh'), join(this.lib, 'in-root'))
    chmodSync(join(this.lib, 'in-root'), 0o755)
    copyFileSync(join(own, 'steps/70-finish'), join(this.lib, 'steps/70-finish'))
  }

  static async create(release: NewRelease): Promise<NewRoot> {
    return new NewRoot(release, await mkdtemp(join(tmpdir(), 'upgrade-push-root-')))
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }

  /** Writes a file of the root. */
  write(path: string, text: string | Uint8Array, mode = 0o644): void {
    const file = join(this.dir, 'upper', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { mode })
    chmodSync(file, mode)
  }

  /** A file that the steps have written. */
  read(path: string): string {
    return readFileSync(join(this.dir, 'upper', path), 'utf8')
  }

  has(path: string): boolean {
    return existsSync(join(this.dir, 'upper', path))
  }

  /** Stages what a request asks for, as `stage_finish` does, and a `steer` that only notes what it is asked to do. */
  async stage(files: ControllerFiles, request: MergedRequest, host: Partial<HostState> = {}): Promise<void> {
    const state = {
      kernels: [],
      booted: '6.1.0-50-cloud-amd64',
      selinux: 'disabled' as const,
      danglingLinks: [],
      services: [],
      ...host,
    }
    const plan = planFinish(await loadFinish(files), request, state, 'run')
    if (plan.sources.length > 0) throw new Error('sources on the host are stage_finish’s own test')
    for (const { place, mode, content } of plan.files) {
      this.write(`var/lib/upgrade-push/finish/${place}`, files.read(content), mode)
    }
    this.write('var/lib/upgrade-push/boot/steer', STEER, 0o700)
  }

  /** Runs 70-finish as the upgrade's runner does. */
  finish(
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; output: string; failure: string }> {
    rmFailure(this.dir)
    return this.#run('exec sh "$UPGRADE_LIB/steps/70-finish"', { STEP: 'finish', PHASE: 'finish', ...env })
  }

  /** Runs a command in the root, which has no service manager. */
  inside(command: string): Promise<{ code: number | null; output: string; failure: string }> {
    return this.#run('exec "$UPGRADE_LIB/in-root" /bin/sh -c "$COMMAND"', { COMMAND: command })
  }

  #run(script: string, env: Readonly<Record<string, string>>) {
    const child = spawn(
      'unshare',
      [
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        '--propagation',
        'private',
        'sh',
        '-c',
        `mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$DIR/upper,workdir=$DIR/work" "$DIR/sysroot" || exit 125\n${script}`,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          LOWER: this.release.root,
          DIR: this.dir,
          UPGRADE_LIB: this.lib,
          UPGRADE_ROOT: join(this.dir, 'sysroot'),
          UPGRADE_RUN_DIR: join(this.dir, 'run'),
          UPGRADE_CMDLINE: join(this.dir, 'cmdline'),
          UPGRADE_CONSOLES: join(this.dir, 'consoles'),
          ...env,
        },
      },
    )
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    return new Promise<{ code: number | null; output: string; failure: string }>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, output, failure: readFailure(this.dir) }))
    })
  }
}

function rmFailure(dir: string): void {
  writeFileSync(join(dir, 'run/failure'), '')
}

function readFailure(dir: string): string {
  const file = join(dir, 'run/failure')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Stands for the loader’s own script, which the tests of the loaders run. */
const STEER = `#!/bin/sh
echo "$*" >>/var/lib/upgrade-push/steered
case $1 in
  kernel) printf 'kernel=/lib/modules/%s/vmlinuz\\ninitrd=/boot/initramfs-%s.img\\nentry=\\n' "$2" "$2" ;;
  finish) [ -s "/boot/initramfs-$2.img" ] || { echo 'steer: no initramfs' >&2; exit 1; } ;;
esac
`
