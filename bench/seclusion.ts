import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sweepGroups } from './cpu-account.ts'

const PREFIX = 'upgrade-push-bench-'

/**
 * Runs a program of ours in network, mount and process namespaces of its own, and returns what it printed. Whatever it starts or mounts ends
 * with it, also when this process is killed: the kernel sees to that. What the kernel does not take (a scratch directory, control
 * groups) is removed here, or by the next benchmark. Throws Error when it fails or is interrupted.
 */
export async function inSeclusion(program: string, input: unknown, signal: AbortSignal): Promise<string> {
  if (process.getuid?.() !== 0) throw new Error('the benchmark needs root: it makes namespaces and mounts')
  sweep()
  const scratch = join(tmpdir(), `${PREFIX}${process.pid}`)
  mkdirSync(join(scratch, 'home'), { recursive: true })
  const namespaces = ['--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc']
  // The shell is the namespace's init: it takes in daemons that nobody waits for.
  const init = ['sh', '-c', '"$@"; exit $?', 'sh']
  const node = [process.execPath, ...process.execArgv, program, scratch, JSON.stringify(input)]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...init, ...node], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UPGRADE_PUSH_BENCH: String(process.pid), UPGRADE_PUSH_BENCH_SCRATCH: scratch },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const end = () => child.kill('SIGKILL')
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', (status) => resolve(status ?? 255))
    })
    signal.throwIfAborted()
    if (code !== 0) throw new Error(`the benchmark ended with code ${code}`)
    return output
  } finally {
    signal.removeEventListener('abort', end)
    // A killed namespace takes a moment to empty its control groups.
    await sleep(300)
    rmSync(scratch, { recursive: true, force: true })
    sweepGroups((owner) => owner !== process.pid && alive(owner))
  }
}

/** Removes what benchmarks left behind that were killed. */
function sweep(): void {
  sweepGroups(alive)
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    if (!alive(Number.parseInt(name.slice(PREFIX.length), 10)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
