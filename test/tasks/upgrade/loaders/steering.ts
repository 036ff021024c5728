import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ControllerFiles } from '../../../../src/tasks/contract.ts'
import { sha256 } from '../../../../src/tasks/upgrade/digest.ts'
import { parseBlsEntry } from '../../../../src/tasks/upgrade/loaders/bls-entry.ts'
import type { BootFacts } from '../../../../src/tasks/upgrade/loaders/facts.ts'
import { grubBls } from '../../../../src/tasks/upgrade/loaders/grub-bls.ts'
import { loadSteer, steerScript } from '../../../../src/tasks/upgrade/loaders/steer.ts'
import { systemdBoot } from '../../../../src/tasks/upgrade/loaders/systemd-boot.ts'
import { grubOrder, systemdBootOrder } from '../../../../src/tasks/upgrade/loaders/version-order.ts'

const ASSETS = fileURLToPath(new URL('../../../../assets', import.meta.url))
const sources = await loadSteer({
  assetsDir: ASSETS,
  text: async (path: string) => readFileSync(path, 'utf8'),
} as unknown as ControllerFiles)

export const OLD = '6.1.0-50-amd64'
export const NEW = '6.12.107-amd64'
const VENDOR = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f'
const KERNEL = 'our kernel'
const IMAGE = 'our image'
export const OLD_OPTIONS = 'root=LABEL=root ro console=ttyS0 rd.lvm.lv=vg/root dyndbg="file a.c +p"'

/** A write to a file of efivarfs is the variable's whole new value, unlike that to a file on a disk. */
const DD = `case $* in
  *of=*efivars*) for word; do case $word in if=*) from=\${word#if=} ;; of=*) to=\${word#of=} ;; esac; done; cat "$from" >"$to" ;;
  *) exec /usr/bin/dd "$@" ;;
esac`

/** Commands of the script that change what is on the disk. */
const WRITERS = ['mv', 'rm', 'sync', 'chmod']

export type Loader = 'systemd-boot' | 'grub-bls'

const entryOf = (version: string, options: string, sort = 'sort-key labos\n') =>
  `title LabOS\nversion ${version}\n${sort}linux /labos/${version}/linux\ninitrd /labos/${version}/initrd\noptions ${options}\n`

/** A scratch tree that stands for the root of an armed host, with the script as arming leaves it. */
export class Host {
  readonly root = mkdtempSync(join(tmpdir(), 'steer-'))
  readonly #bin = mkdtempSync(join(tmpdir(), 'steer-bin-'))
  readonly #kept: string[] = []
  readonly loader: Loader

  constructor(loader: Loader, settings: { default?: string; steer?: (text: string) => string } = {}) {
    this.loader = loader
    this.write('boot/vmlinuz-upgrade.x86_64', KERNEL)
    this.write('boot/initramfs-upgrade.x86_64.img', IMAGE)
    this.write('boot/.vmlinuz-upgrade.x86_64.hmac', 'hmac')
    this.installKernel(OLD, OLD_OPTIONS)
    this.write('boot/loader/entries/upgrade-push.conf', 'title x\nlinux /vmlinuz-upgrade.x86_64\noptions a\n')
    if (loader === 'systemd-boot') {
      mkdirSync(join(this.root, 'sys/firmware/efi/efivars'), { recursive: true })
      this.setVariable('LoaderInfo', 'systemd-boot 252')
      if (settings.default !== undefined) this.setVariable('LoaderEntryDefault', `${settings.default}.conf`)
    } else {
      this.write(
        'boot/grub2/grubenv',
        environment(settings.default === undefined ? [] : [`saved_entry=${settings.default}`]),
      )
    }
    const text = steerScript(
      sources,
      loader === 'systemd-boot' ? systemdBoot : grubBls,
      this.#facts(settings.default),
      {
        kernel: sha256(KERNEL),
        image: sha256(IMAGE),
        recovery: 'root=LABEL=root rd.upgrade.run=r rd.upgrade.recovery=1',
      },
    )
    this.write('var/lib/upgrade-push/boot/steer', text)
    // None of these works in a scratch tree, and freezing would stop this machine.
    for (const tool of ['chattr', 'fsfreeze', 'bootctl', 'mountpoint']) this.tool(tool, 'exit 1')
    this.tool('dd', DD)
  }

  /** As a package and kernel-install leave a kernel. */
  installKernel(version: string, options: string, entry: string | undefined = entryOf(version, options)): void {
    this.write(`boot/labos/${version}/linux`, `kernel ${version}`)
    this.write(`boot/labos/${version}/initrd`, `initrd ${version}`)
    if (entry !== '') this.write(`boot/loader/entries/labos-${version}.conf`, entry)
  }

  write(path: string, text: string): void {
    const file = join(this.root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  read(path: string): string | undefined {
    const file = join(this.root, path)
    return existsSync(file) ? readFileSync(file, 'latin1') : undefined
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true })
  }

  /** A tool of this name, found before the system's. */
  tool(name: string, body: string): void {
    const file = join(this.#bin, name)
    writeFileSync(file, `#!/bin/sh\n${body}\n`)
    chmodSync(file, 0o755)
  }

  setVariable(name: string, text: string): void {
    const bytes = Buffer.concat([Buffer.from([7, 0, 0, 0]), Buffer.from(`${text}\0`, 'utf16le')])
    writeFileSync(join(this.root, `sys/firmware/efi/efivars/${name}-${VENDOR}`), bytes)
  }

  variable(name: string): string | undefined {
    const file = join(this.root, `sys/firmware/efi/efivars/${name}-${VENDOR}`)
    return existsSync(file) ? readFileSync(file).subarray(4).toString('utf16le').replace(/\0$/, '') : undefined
  }

  /** Variables of GRUB's environment, by GRUB's rules as far as these values need them. */
  environment(): Record<string, string> {
    const block = this.read('boot/grub2/grubenv') ?? ''
    return Object.fromEntries(
      block
        .split('\n')
        .filter((line) => /^[a-z_]+=/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
  }

  choose(id: string): void {
    if (this.loader === 'systemd-boot') this.setVariable('LoaderEntryOneShot', `${id}.conf`)
    else
      this.write(
        'boot/grub2/grubenv',
        environment([`saved_entry=${this.environment().saved_entry ?? ''}`, `next_entry=${id}`]),
      )
  }

  entries(): string[] {
    return readdirSync(join(this.root, 'boot/loader/entries')).sort()
  }

  /** Everything that a loader reads, in one text. */
  bootState(): string {
    const { stdout } = spawnSync(
      'sh',
      ['-c', `cd "$1" && find boot sys etc -type f 2>/dev/null | sort | xargs sha256sum`, 'sh', this.root],
      {
        encoding: 'utf8',
      },
    )
    return stdout
  }

  steer(args: readonly string[], shell = 'dash') {
    const env = { ...process.env, PATH: `${this.#bin}:${process.env.PATH}`, UPGRADE_ROOT: this.root }
    const script = join(this.root, 'var/lib/upgrade-push/boot/steer')
    return spawnSync(shell, [script, ...args], { env, encoding: 'utf8' })
  }

  /** The same, with the power cut before the `at`-th command that writes; undefined when there are fewer. */
  cutOff(args: readonly string[], at: number): boolean {
    const log = join(this.#bin, 'count')
    writeFileSync(log, '')
    const cut = `printf x >>${log}; [ "$(stat -c %s ${log})" -lt ${at} ] || kill -9 0`
    for (const tool of WRITERS) this.tool(tool, `${cut}; exec /usr/bin/${tool} "$@"`)
    this.tool('dd', `case $* in *of=*) ${cut} ;; esac\n${DD}`)
    const env = { ...process.env, PATH: `${this.#bin}:${process.env.PATH}`, UPGRADE_ROOT: this.root }
    const script = join(this.root, 'var/lib/upgrade-push/boot/steer')
    // A session of its own: its process group is what dies.
    const { signal } = spawnSync('setsid', ['sh', script, ...args], { env, encoding: 'utf8' })
    for (const tool of WRITERS) rmSync(join(this.#bin, tool))
    this.tool('dd', DD)
    return signal === 'SIGKILL'
  }

  /** The id of what would boot now by itself, by the loader's own rules; undefined for a menu without an entry that boots. */
  boots(): string | undefined {
    const all = this.entries()
      .filter((file) => file.endsWith('.conf') && !file.startsWith('.'))
      .map((file) => parseBlsEntry(file, this.read(`boot/loader/entries/${file}`) ?? ''))
    const sorted = all.sort(this.loader === 'systemd-boot' ? systemdBootOrder : grubOrder)
    const named =
      this.loader === 'systemd-boot'
        ? this.variable('LoaderEntryDefault')?.replace(/\.conf$/, '')
        : this.environment().saved_entry
    const chosen = sorted.find(({ id }) => id === named) ?? sorted[0]
    if (chosen === undefined) return undefined
    const whole = (path: string | undefined) => (this.read(`boot${path}`) ?? '') !== ''
    return whole(chosen.linux) && chosen.initrd.every(whole) ? chosen.id : undefined
  }

  /** Everything on the disk as it is now, to come back to. */
  snapshot(): () => void {
    const kept = mkdtempSync(join(tmpdir(), 'steer-kept-'))
    cpSync(this.root, kept, { recursive: true })
    this.#kept.push(kept)
    return () => {
      rmSync(this.root, { recursive: true })
      cpSync(kept, this.root, { recursive: true })
    }
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true })
    for (const dir of [this.#bin, ...this.#kept]) rmSync(dir, { recursive: true, force: true })
  }

  #facts(named: string | undefined): BootFacts {
    const entries = [{ file: `labos-${OLD}.conf`, text: entryOf(OLD, OLD_OPTIONS), sha256: '' }]
    return {
      host: {
        arch: 'x86_64',
        firmware: this.loader === 'grub-bls' ? 'bios' : 'efi',
        os: { id: 'labos', versionId: '8.0', name: 'LabOS' },
        mounts: [{ point: '/boot', device: '8:1', type: 'ext4', source: '/dev/sda1', options: [] }],
      },
      loader: {
        entries,
        efi: { default: this.loader === 'systemd-boot' && named ? `${named}.conf` : undefined },
        grubConfigs: [{ path: '/boot/grub2/grub.cfg', blscfg: true, nextEntry: true, stub: false, variables: {} }],
        grubEnvironments: [
          {
            path: '/boot/grub2/grubenv',
            realPath: '/boot/grub2/grubenv',
            size: 1024,
            text: this.read('boot/grub2/grubenv') ?? '',
          },
        ],
      },
    } as unknown as BootFacts
  }
}

export function environment(lines: readonly string[]): string {
  return `# GRUB Environment Block\n${lines.map((line) => `${line}\n`).join('')}`.padEnd(1024, '#')
}
