import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ASSETS = fileURLToPath(new URL('../../assets/dracut/', import.meta.url))
const STATE = 'var/lib/upgrade-push'

export const IMAGE = 'a'.repeat(64)
export const RUN = 'run-1'

export type Shell = 'dash' | 'bash'

export interface BootOptions {
  /** Runs everything: the image's /bin/sh is dash on some distributions and bash on others. */
  readonly shell?: Shell
  /** Added to the arguments of an armed entry; with `bare`, all there is. */
  readonly args?: string
  readonly bare?: boolean
  /** Body of steer after `sub=$1`, and of the transaction: sh. */
  readonly steer?: string
  readonly transaction?: string
  /** Body of the final step. */
  readonly finish?: string
}

/** What the transaction says when all goes well. */
export const TRANSACTION = `echo "dnf: $1"
echo '{"event": "phase", "text": "solving"}' >&3
[ "$1" = resume ] || echo '{"event": "first-change"}' | tee -a "$UPGRADE_ROOT/${STATE}/progress.jsonl" >&3
echo '{"event": "item", "n": 1, "of": 2, "action": "install", "package": "a-1-1.noarch"}' >&3
echo '{"event": "item", "n": 2, "of": 2, "action": "upgrade", "package": "b-2-1.noarch"}' >&3`

/** A folder that looks to the scripts of the upgrade image like the booted image with the old root in it; chroots are only pretended. */
export class UpgradeBoot {
  readonly dir = mkdtempSync(join(tmpdir(), 'upgrade-boot-'))
  readonly lib = join(this.dir, 'lib')
  readonly bin = join(this.dir, 'bin')
  readonly root = join(this.dir, 'root')
  readonly runDir = join(this.dir, 'run')
  readonly state = join(this.root, STATE)
  readonly shell: Shell
  readonly #options: BootOptions
  readonly #running = new Set<() => void>()

  constructor(options: BootOptions = {}) {
    this.#options = options
    this.shell = options.shell ?? 'dash'
    for (const path of [
      join(this.lib, 'steps'),
      this.bin,
      this.runDir,
      join(this.state, 'boot'),
      join(this.root, 'etc'),
      join(this.root, 'var/log/upgrade-push'),
    ])
      mkdirSync(path, { recursive: true })
    this.#installImage()
    this.#installHost()
    writeFileSync(join(this.dir, 'consoles'), '')
    this.setCmdline(options.bare ? (options.args ?? '') : `${this.armed()} ${options.args ?? ''}`)
  }

  /** Kernel arguments of an armed entry. */
  armed(): string {
    return `quiet rd.upgrade.run=${RUN} rd.upgrade.image=${IMAGE} rd.upgrade.plan=${this.plan()}`
  }

  /** The plan's digest. */
  plan(): string {
    return createHash('sha256').update(this.read('plan.sums')).digest('hex')
  }

  setCmdline(text: string): void {
    writeFileSync(join(this.dir, 'cmdline'), `${text}\n`)
  }

  /** The machine is reset and boots again: /run is empty, the disk is as it was. */
  reset(args: string): void {
    for (const end of this.#running) end()
    rmSync(this.runDir, { recursive: true })
    mkdirSync(this.runDir)
    this.setCmdline(`${this.armed()} ${args}`)
  }

  #script(path: string, body: string): void {
    writeFileSync(path, `#!/bin/${this.shell === 'bash' ? 'bash' : 'dash'}\n${body}\n`)
    chmodSync(path, 0o755)
  }

  #installImage(): void {
    const sourced = [
      'after-reset',
      'guard',
      'heartbeat',
      'lib',
      'lift',
      'progress',
      'record',
      'runner',
      'selinux',
      'shell',
      'waiting',
    ]
    for (const name of sourced) copyFileSync(join(ASSETS, `90sys-upgrade/${name}.sh`), join(this.lib, `${name}.sh`))
    copyFileSync(join(ASSETS, '85sys-upgrade-redhat/relay.sh'), join(this.lib, 'relay.sh'))
    const program = (from: string, to: string) => this.#script(to, readFileSync(join(ASSETS, from), 'utf8'))
    for (const name of ['console', 'upgrade', 'report', 'menu', 'inband'])
      program(`90sys-upgrade/${name}.sh`, join(this.lib, name))
    program('90sys-upgrade/generator.sh', join(this.lib, 'generator'))
    for (const name of ['follow', 'status'])
      program(`90sys-upgrade/upgrade-${name}.sh`, join(this.bin, `upgrade-${name}`))
    for (const name of ['resume', 'reboot']) program('90sys-upgrade/order.sh', join(this.bin, `upgrade-${name}`))
    for (const name of ['30-armed', '40-checks', '50-recovery', '60-transaction'])
      program(`85sys-upgrade-redhat/steps/${name}`, join(this.lib, 'steps', name))
    this.#script(
      join(this.lib, 'steps/10-root'),
      '[ ! -e "$UPGRADE_ROOT/no-mounts" ] && : >"$UPGRADE_RUN_DIR/writable"',
    )
    this.#script(join(this.lib, 'steps/70-finish'), this.#options.finish ?? 'echo finishing')
    const enter = `script=$UPGRADE_ROOT\${2#/installroot}; shift 2; exec /bin/sh "$script" "$@"`
    for (const name of ['in-root', 'in-container']) this.#script(join(this.lib, name), enter)
    this.#script(join(this.bin, 'systemctl'), 'echo "systemd 257 (257.1)"')
    this.#script(join(this.bin, 'journalctl'), 'echo "a line of the journal"')
    this.#script(join(this.bin, 'mountpoint'), 'exit 0')
    for (const name of ['mount', 'umount'])
      this.#script(join(this.bin, name), `echo "${name} $*" >>"${this.dir}/mounts"`)
  }

  #installHost(): void {
    writeFileSync(join(this.root, 'etc/os-release'), 'NAME=LabOS\nVERSION_ID="8"\n')
    const log = `echo "$sub" >>"${this.dir}/steer.log"`
    this.#script(join(this.state, 'boot/steer'), `sub=$1\n${log}\n${this.#options.steer ?? ':'}`)
    this.#script(join(this.state, 'transaction.sh'), this.#options.transaction ?? TRANSACTION)
    writeFileSync(join(this.state, 'plan.json'), '{"version":1,"release":{"from":"8","to":"9"},\n"items":[\n]}\n')
    const sum = (name: string) => createHash('sha256').update(this.read(name)).digest('hex')
    const names = ['plan.json', 'transaction.sh']
    writeFileSync(join(this.state, 'plan.sums'), names.map((name) => `${sum(name)}  ${name}\n`).join(''))
  }

  get env(): NodeJS.ProcessEnv {
    return {
      PATH: `${this.bin}:${process.env.PATH}`,
      LC_ALL: 'C',
      UPGRADE_LIB: this.lib,
      UPGRADE_ROOT: this.root,
      UPGRADE_RUN_DIR: this.runDir,
      UPGRADE_CMDLINE: join(this.dir, 'cmdline'),
      UPGRADE_CONSOLES: join(this.dir, 'consoles'),
      UPGRADE_ENFORCE: join(this.dir, 'enforce'),
      UPGRADE_UNITS: join(this.dir, 'units'),
      UPGRADE_GUARD: '0.2',
      UPGRADE_HEARTBEAT: '0.2',
      UPGRADE_LAST_WORDS: '0',
      UPGRADE_INBAND_PAUSE: '0',
    }
  }

  /** Runs a program of the image to its end. Paths are relative to this boot's folder. */
  call(program: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = spawnSync(join(this.dir, program), args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.env, ...more },
      timeout: 30_000,
    })
    return { code: status, stdout, stderr }
  }

  /** Runs upgrade.service's part as systemd does: the steps, the end of whatever they left, then the report. */
  async service() {
    const { code, stdout } = await this.start().ended
    const result = code === 0 ? 'success' : code === null ? 'signal' : 'exit-code'
    const report = this.call('lib/report', [], { SERVICE_RESULT: result })
    return { code, stdout: stdout + report.stdout }
  }

  /** Starts a program of the image; its exit code and output come when it has ended, and with it what it started. */
  start(program = 'lib/upgrade'): { readonly ended: Promise<{ code: number | null; stdout: string }> } {
    const child = spawn(join(this.dir, program), [], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    const end = () => killGroup(child.pid as number)
    this.#running.add(end)
    child.on('exit', () => {
      end()
      this.#running.delete(end)
    })
    return { ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout }))) }
  }

  /** Waits until the upgrade waits for orders. */
  async waiting(): Promise<void> {
    const until = Date.now() + 20_000
    while (!existsSync(join(this.runDir, 'waiting'))) {
      if (Date.now() > until) throw new Error('the upgrade never came to wait for orders')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  read(name: string): string {
    return readFileSync(join(this.state, name), 'utf8')
  }

  result(): Record<string, unknown> {
    return JSON.parse(this.read('result.json')) as Record<string, unknown>
  }

  progress(): Record<string, unknown>[] {
    const text = readFileSync(join(this.runDir, 'progress.jsonl'), 'utf8')
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** Subcommands that steer was called with. */
  steered(): string[] {
    const log = join(this.dir, 'steer.log')
    return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []
  }

  remove(): void {
    for (const end of this.#running) end()
    rmSync(this.dir, { recursive: true })
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // nothing was left
  }
}
