import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UpgradeRecord } from '../../../../src/tasks/contract.ts'
import { freePort, HIDE_ROOTS_HOME } from '../../remote/sshServer.ts'

export const RUN = 'stand-in-run'
export const OLD_BOOT = '00000000-0000-4000-8000-00000000000a'
export const NEW_BOOT = '00000000-0000-4000-8000-00000000000c'
const IMAGE_BOOT = '00000000-0000-4000-8000-00000000000b'

const STUBS = {
  // What the host's own systemctl would do: the test takes the machine down when it sees the file.
  systemctl: `case "$1" in
  reboot) : >"$STAND_IN/reboot-asked";;
  show) cat "$STAND_IN/resume-state";;
esac`,
  'upgrade-follow': `until [ -e "$STAND_IN/progress.jsonl" ]; do [ -d "$STAND_IN" ] || exit 1; sleep 0.2; done; exec tail -n "+$1" -f "$STAND_IN/progress.jsonl"`,
  journalctl: `cat "$STAND_IN/journal"`,
  'upgrade-status': `last=$(tail -n 1 "$STAND_IN/progress.jsonl" 2>/dev/null | sed -n 's/.*"phase": *"\\([a-z]*\\)".*/\\1/p')
[ "$last" = waiting ] && waiting=yes || waiting=no
printf 'phase: %s\\nwaiting: %s\\n' "\${last:-boot}" "$waiting"`,
  'upgrade-resume': `[ ! -e "$STAND_IN/refuse-resume" ] || { echo 'upgrade-resume: refused: nothing to go on with' >&2; exit 1; }; : >"$STAND_IN/resumed"`,
}

/**
 * A stand-in for a machine that goes through its upgrade: one address and port in a mount namespace of its own, where one sshd after the
 * other answers, as the old system, the image or the new system would, each with its own host key, boot id and files. What it does not
 * show is that anything boots; that is what the virtual machine is for.
 */
export class StandIn {
  readonly dir = mkdtempSync(join(tmpdir(), 'stand-in-'))
  #port = 0
  #keeper: ChildProcess | undefined
  #daemon: ChildProcess | undefined

  static async start(): Promise<StandIn> {
    const host = new StandIn()
    host.#port = await freePort()
    for (const key of ['system', 'image', 'stranger', 'login', 'upgrade']) host.#keygen(key)
    mkdirSync(host.path('bin'))
    for (const [name, body] of Object.entries(STUBS)) {
      writeFileSync(host.path(`bin/${name}`), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
    }
    for (const [name, text] of Object.entries({
      boot_id: `${OLD_BOOT}\n`,
      'os-release': 'ID=labos\nVERSION_ID="8"\n',
      'resume-state': 'inactive\n',
      known_hosts: `[127.0.0.1]:${host.#port} ${host.#public('system')}\n`,
    })) {
      writeFileSync(host.path(name), text)
    }
    chmodSync(host.dir, 0o755)
    const setup = `mount -t tmpfs tmpfs /run && mkdir /run/sshd && mount -t tmpfs tmpfs /var/lib && mount -t tmpfs tmpfs /var/log && ${HIDE_ROOTS_HOME} && mount --bind ${host.dir}/os-release /etc/os-release &&
mount --bind ${host.dir}/boot_id /proc/sys/kernel/random/boot_id && mkdir -m 700 -p /var/lib/upgrade-push && : >${host.dir}/ready && exec sleep infinity`
    host.#keeper = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', setup], { stdio: 'ignore' })
    await until(() => existsSync(host.path('ready')))
    await host.#serve('system', 'login')
    return host
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  /** An inventory line. */
  get inventory(): string {
    const options = `-F none -o UserKnownHostsFile=${this.path('known_hosts')} -o GlobalKnownHostsFile=none -o IdentityAgent=none`
    return (
      `machine ansible_host=127.0.0.1 ansible_port=${this.#port} ansible_user=root ` +
      `ansible_private_key_file=${this.path('login')} ansible_ssh_common_args="${options}"\n`
    )
  }

  /** What arming would have kept. `network`: something answers in the image. */
  record(network = true): UpgradeRecord {
    return {
      version: 1,
      run: RUN,
      image: network ? { hostKey: this.#public('image'), authorizedKey: this.#public('upgrade') } : null,
      plan: 'a'.repeat(64),
      imageDigest: 'b'.repeat(64),
      release: { from: '8', to: '9' },
      before: { bootId: OLD_BOOT, kernel: 'old' },
      armedAt: '',
    }
  }

  async rebootAsked(): Promise<void> {
    await until(() => existsSync(this.path('reboot-asked')))
  }

  /** Whatever answers is gone, its sessions too; /run with it. */
  async down(): Promise<void> {
    const daemon = this.#daemon
    if (!daemon?.pid) return
    this.#daemon = undefined
    const gone = new Promise((resolve) => daemon.once('exit', resolve))
    for (const pid of [...descendants(daemon.pid), daemon.pid]) kill(pid)
    await gone
    this.inside('rm -f /run/upgrade-push.reboot')
  }

  /** The image comes up with an sshd of its own. */
  async image(boot = IMAGE_BOOT): Promise<void> {
    writeFileSync(this.path('boot_id'), `${boot}\n`)
    await this.#serve('image', 'upgrade')
  }

  /** The network of the image is away and back, the image goes on. */
  async cut(): Promise<void> {
    await this.down()
    await sleep(300)
    await this.#serve('image', 'upgrade')
  }

  /** Somebody else has the address now. */
  async stranger(): Promise<void> {
    await this.#serve('stranger', 'login')
  }

  async newSystem(release = '9', boot = NEW_BOOT): Promise<void> {
    writeFileSync(this.path('boot_id'), `${boot}\n`)
    writeFileSync(this.path('os-release'), `ID=labos\nVERSION_ID="${release}"\n`)
    await this.#serve('system', 'login')
  }

  say(phase: string, event = 'phase', more: object = {}): void {
    const line = { t: '2026-11-23T08:00:00Z', up: 1, phase, event, ...more }
    appendFileSync(this.path('progress.jsonl'), `${JSON.stringify(line)}\n`)
  }

  result(outcome: string, more: object = {}): void {
    const json = {
      version: 1,
      run: RUN,
      outcome,
      changed: outcome !== 'failed',
      release: { from: '8', to: '9' },
      ...more,
    }
    writeFileSync(this.path('result.json'), JSON.stringify(json, null, 2))
    this.inside(`cp ${this.path('result.json')} /var/lib/upgrade-push/result.json`)
  }

  /** What the image, or a system, left in a file below /var/log/upgrade-push. */
  logs(name: string, text: string): void {
    const file = `/var/log/upgrade-push/${name}`
    writeFileSync(this.path('log'), text)
    this.inside(`mkdir -p -m 700 "$(dirname ${file})" && cp ${this.path('log')} ${file}`)
  }

  /** From now on whoever reads a log tells by the file `log-read`, and gets no answer. */
  stallLogs(): void {
    const stub = `case "$*" in "-c "*) : >"$STAND_IN/log-read"; sleep 60;; *) exec /usr/bin/tail "$@";; esac`
    writeFileSync(this.path('bin/tail'), `#!/bin/sh\n${stub}\n`, { mode: 0o755 })
  }

  inside(script: string): string {
    return execFileSync('nsenter', ['-t', String(this.#keeper?.pid), '-m', 'sh', '-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  async stop(): Promise<void> {
    await this.down()
    if (this.#keeper?.pid) kill(this.#keeper.pid)
    rmSync(this.dir, { recursive: true, force: true })
  }

  async #serve(key: string, authorized: string): Promise<void> {
    const config = this.path(`sshd_config.${key}`)
    writeFileSync(
      config,
      `Port ${this.#port}
ListenAddress 127.0.0.1
HostKey ${this.path(key)}
AuthorizedKeysFile ${this.path(authorized)}.pub
StrictModes no
UsePAM no
PidFile none
PermitRootLogin prohibit-password
MaxStartups 100
SetEnv PATH=${this.path('bin')}:/usr/sbin:/usr/bin:/sbin:/bin STAND_IN=${this.dir}
`,
    )
    const pid = String(this.#keeper?.pid)
    this.#daemon = spawn('nsenter', ['-t', pid, '-m', '/usr/sbin/sshd', '-D', '-e', '-f', config], { stdio: 'ignore' })
    await until(() => answers(this.#port))
  }

  #keygen(name: string): void {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.path(name), '-C', 'test'])
  }

  #public(name: string): string {
    return readFileSync(this.path(`${name}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ')
  }
}

export async function until(met: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await met())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen')
    await sleep(50)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const below = (parent: number): number[] =>
    pairs.filter(([, p]) => p === parent).flatMap(([child]) => [...below(child), child])
  return below(pid)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // already gone
  }
}
