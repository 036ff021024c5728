import { execFileSync, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Distro, ensureDistro } from '../../../lab/distro/distro.ts'
import type { CommandResult, JobOptions, JobSpec, Remote } from '../../../src/remote/types.ts'
import {
  ApplyError,
  type ControllerFiles,
  type Probes,
  type Provides,
  type Task,
  type Verdict,
} from '../../../src/tasks/contract.ts'
import { NO_BOOTS } from '../../tasks/no-boots.ts'

// Enters a LabOS 8 root in namespaces of its own, without SSH: what is tried here is the scripts, with the real dnf, rpm and dracut.
const ENTER = `
mount -t overlay overlay -o "lowerdir=$ROOT8,upperdir=$DIR/upper,workdir=$DIR/work" "$DIR/root" && cd "$DIR/root" || exit 125
mount --rbind /dev dev && mount --make-rslave dev
mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp
mount --bind "$DIR/boot" boot
mkdir -p srv/repo8 srv/repo9 && mount --bind "$REPO8" srv/repo8 && mount --bind "$REPO9" srv/repo9
mkdir -p var/lib/upgrade-push && mount --bind "$DIR/state" var/lib/upgrade-push
[ -z "$PRELUDE" ] || chroot . /bin/sh -c "$PRELUDE" </dev/null || exit 125
# As on the wire, where a script has no limit: one in an argument or a variable may not be longer than 128 KiB.
exec chroot . /bin/sh -c 'script=$(cat <&9); exec 9<&-; eval "$script"' 9<"$SCRIPT"`

/** When a script is ended by SIGKILL, with everything that it started. */
export interface Kill {
  /** As soon as its output holds this text. */
  onText?: string
  afterMs?: number
}

/** One pseudo host: a writable layer over LabOS 8, with its own /boot and state folder. */
export class RpmHost {
  readonly dir: string
  readonly distro: Distro
  /** Shell run inside before every script: mounts of a test's own. */
  prelude = ''
  /** Scripts of jobs that were started. */
  readonly jobs: JobSpec[] = []
  #scripts = 0

  private constructor(dir: string, distro: Distro) {
    this.dir = dir
    this.distro = distro
  }

  static async create(): Promise<RpmHost> {
    const distro = await ensureDistro(() => {})
    const dir = await mkdtemp(join(tmpdir(), 'upgrade-push-host-'))
    for (const name of ['upper', 'work', 'root', 'boot', 'state']) await mkdir(join(dir, name))
    return new RpmHost(dir, distro)
  }

  /** A host of its own in the same state. Files of the state folder are shared until they are replaced: nothing may write into one. */
  async copy(): Promise<RpmHost> {
    const other = await RpmHost.create()
    execFileSync('cp', ['-a', join(this.dir, 'upper'), join(this.dir, 'boot'), other.dir])
    execFileSync('cp', ['-al', join(this.dir, 'state'), other.dir])
    return other
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }

  /** A path of the host's state folder, as this machine sees it. */
  state(path: string): string {
    return join(this.dir, 'state', path)
  }

  has(path: string): boolean {
    return existsSync(this.state(path))
  }

  /** Runs a script to its end. */
  sh(
    script: string,
    options: { payload?: Uint8Array; kill?: Kill | undefined; onLine?: (line: string) => void } = {},
  ): Promise<CommandResult> {
    const file = join(this.dir, `script-${this.#scripts++}`)
    writeFileSync(file, script)
    const env = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      DIR: this.dir,
      ROOT8: this.distro.root8,
      REPO8: this.distro.repo8,
      REPO9: this.distro.repo9,
      PRELUDE: this.prelude,
      SCRIPT: file,
    }
    const args = [
      '--mount',
      '--uts',
      '--pid',
      '--ipc',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
      'sh',
      '-c',
      ENTER,
    ]
    return new Promise((resolve, reject) => {
      const child = spawn('unshare', args, { env })
      let stdout = ''
      let stderr = ''
      const look = (): void => {
        const text = options.kill?.onText
        if (text !== undefined && (stdout + stderr).includes(text)) child.kill('SIGKILL')
      }
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) options.onLine?.(line)
        stdout += text
        look()
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
        look()
      })
      child.stdin.on('error', () => {})
      child.stdin.end(options.payload ?? '')
      const bomb =
        options.kill?.afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.kill.afterMs)
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(bomb)
        resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 143), stdout, stderr, truncated: false })
      })
    })
  }

  /** The part of a Remote that long tasks use. */
  remote(kill?: Kill): Remote {
    const job = async (spec: JobSpec, options: JobOptions = {}) => {
      this.jobs.push(spec)
      const result = await this.sh(spec.script, {
        kill,
        onLine: (line) => options.onLine?.(line, 'stdout'),
      })
      return { ...result, adopted: false, logPath: `/var/log/upgrade-push/${spec.name}.log` }
    }
    return { host: 'lab', job } as unknown as Remote
  }
}

/** Probes, checks and, when something is to be changed, applies and checks again, as the engine does. */
export async function step<Args, Facts, Spec, Local>(
  host: RpmHost,
  task: Task<Args, Facts, Spec, Local>,
  input: { args: unknown; given?: Provides; files?: ControllerFiles; kill?: Kill; apply?: boolean; epilogue?: string },
): Promise<{
  before: Verdict<Spec>
  after?: Verdict<Spec>
  failure?: ApplyError
  output?: CommandResult
  progress: string[]
}> {
  const args = task.args.parse(input.args)
  const files = input.files as ControllerFiles
  const local = (await task.load?.(args, files)) as Local
  const check = async (): Promise<Verdict<Spec>> => {
    const facts: Record<string, unknown> = {}
    for (const [name, probe] of Object.entries(task.probes(args, local) as Probes<Record<string, unknown>>)) {
      facts[name] = probe.parse(await host.sh(probe.script))
    }
    const evaluate = () => {
      throw new Error('nothing to evaluate')
    }
    return task.check({
      args,
      facts: facts as Facts,
      local,
      given: input.given ?? {},
      host: 'lab',
      mode: 'apply',
      evaluate,
    })
  }
  const progress: string[] = []
  const before = await check()
  if (before.kind !== 'change' || input.apply === false) return { before, progress }
  let output: CommandResult | undefined
  try {
    if (task.compile) {
      const frame = task.compile(before.spec, files)
      const script =
        input.epilogue === undefined ? frame.script : `(${frame.script}\n); code=$?\n${input.epilogue}\nexit $code`
      output = await host.sh(script, {
        ...(frame.payload ? { payload: frame.payload } : {}),
        kill: input.kill,
      })
      const told = frame.result?.(output) ?? {}
      if (output.code !== 0) throw new ApplyError(typeof told.msg === 'string' ? told.msg : output.stderr)
    } else {
      await task.apply?.(before.spec, {
        remote: host.remote(input.kill),
        signal: new AbortController().signal,
        report: (line) => progress.push(line),
        files,
        boots: NO_BOOTS,
      })
    }
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error
    return { before, failure: error, progress, after: await check(), ...(output ? { output } : {}) }
  }
  return { before, after: await check(), progress, ...(output ? { output } : {}) }
}
