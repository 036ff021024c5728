import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { descendants } from './process-tree.ts'

/** Counts the CPU time of a command and of everything it starts. */
export interface CpuAccount {
  /** cpuacct and cgroup2 count all that the command ever started; rusage only what it waited for (no daemons). */
  readonly method: 'cpuacct' | 'cgroup2' | 'rusage'
  /** The command, so wrapped that it is counted. */
  wrap(argv: readonly string[]): string[]
  /** Living processes that are counted; `child`: the wrapped command. */
  pids(child: number): number[]
  /** CPU seconds so far; with rusage NaN until the command has ended. */
  seconds(): number
  close(): void
}

/** Groups of one benchmark begin with this and the pid of its outermost process. */
const PREFIX = 'upgrade-push-bench-'

let opened = 0

/** An account of its own. The owner's pid comes from the environment that seclusion.ts sets. */
export function openAccount(name: string): CpuAccount {
  const id = `${process.env.UPGRADE_PUSH_BENCH ?? process.pid}-${name}-${++opened}`
  for (const { root, method } of hierarchies()) {
    const group = join(root, PREFIX + id)
    try {
      mkdirSync(group)
      execFileSync('sh', ['-c', `echo 0 >${group}/cgroup.procs`], { stdio: 'ignore' })
      return new CgroupAccount(group, method)
    } catch {
      // Not allowed here (a container with read-only groups): the next kind.
      if (existsSync(group)) rmdirSync(group)
    }
  }
  return new RusageAccount(join(process.env.UPGRADE_PUSH_BENCH_SCRATCH ?? '/tmp', `rusage-${id}`))
}

/** Removes the groups of benchmarks that have ended, however they did. */
export function sweepGroups(alive: (owner: number) => boolean): void {
  for (const { root } of hierarchies()) {
    for (const name of readdirSync(root).filter((entry) => entry.startsWith(PREFIX))) {
      if (alive(Number.parseInt(name.slice(PREFIX.length), 10))) continue
      try {
        rmdirSync(join(root, name))
      } catch {
        // Somebody's process is still in it; the next benchmark tries again.
      }
    }
  }
}

function hierarchies(): { root: string; method: 'cpuacct' | 'cgroup2' }[] {
  const found: { root: string; method: 'cpuacct' | 'cgroup2' }[] = []
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const root = before.split(' ')[4] ?? ''
    const [type, , options = ''] = after.split(' ')
    if (type === 'cgroup' && options.split(',').includes('cpuacct')) found.unshift({ root, method: 'cpuacct' })
    if (type === 'cgroup2') found.push({ root, method: 'cgroup2' })
  }
  return found
}

class CgroupAccount implements CpuAccount {
  readonly method: 'cpuacct' | 'cgroup2'
  readonly #group: string

  constructor(group: string, method: 'cpuacct' | 'cgroup2') {
    this.#group = group
    this.method = method
  }

  wrap(argv: readonly string[]): string[] {
    return ['sh', '-c', `echo 0 >${this.#group}/cgroup.procs; exec "$@"`, 'sh', ...argv]
  }

  pids(): number[] {
    return readFileSync(join(this.#group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  }

  seconds(): number {
    if (this.method === 'cpuacct') return Number(readFileSync(join(this.#group, 'cpuacct.usage'), 'utf8')) / 1e9
    return Number(/^usage_usec (\d+)/m.exec(readFileSync(join(this.#group, 'cpu.stat'), 'utf8'))?.[1]) / 1e6
  }

  close(): void {
    rmdirSync(this.#group)
  }
}

/** bash's own `time`, which is wait4. */
class RusageAccount implements CpuAccount {
  readonly method = 'rusage'
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  wrap(argv: readonly string[]): string[] {
    const script = `TIMEFORMAT='%U %S'; { time "$@" 2>&4; } 4>&2 2>${this.#file}`
    return ['bash', '-c', script, 'bash', ...argv]
  }

  pids(child: number): number[] {
    return descendants(child)
  }

  seconds(): number {
    if (!existsSync(this.#file)) return Number.NaN
    const [user = Number.NaN, system = Number.NaN] = readFileSync(this.#file, 'utf8').trim().split(' ').map(Number)
    return user + system
  }

  close(): void {}
}
