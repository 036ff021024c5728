import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CpuAccount, openAccount } from './cpu-account.ts'
import { machineSeconds, proportionalMemory } from './process-tree.ts'
import type { Command } from './tools/tool.ts'

export interface Measured {
  readonly wallSeconds: number
  /** The tool's whole process tree, on the controller. */
  readonly clientSeconds: number
  /** sshd and everything that ran on the "hosts"; NaN where they are not counted. */
  readonly serverSeconds: number
  /** Cores that the rest of the machine kept busy meanwhile: with much of it, only ratios of neighbouring runs mean something. */
  readonly otherCores: number
  readonly peakBytes: number
  readonly peakProcesses: number
  readonly method: CpuAccount['method']
}

const SAMPLE_MS = 200

/** Runs a command and counts what it took. What daemons it leaves behind is counted and ended. Throws Error with its last lines when it fails. */
export async function measure(
  { argv, env }: Command,
  { scratch, fleet, limitSeconds }: { scratch: string; fleet?: CpuAccount; limitSeconds: number },
): Promise<Measured> {
  const account = openAccount('client')
  const log = join(scratch, 'last.log')
  const output = openSync(log, 'w')
  const served = () => fleet?.seconds() ?? Number.NaN
  const serverBefore = served()
  const machineBefore = machineSeconds()
  const begun = performance.now()
  const [file = '', ...args] = account.wrap(argv)
  const child = spawn(file, args, {
    cwd: scratch,
    env: { PATH: process.env.PATH ?? '', HOME: join(scratch, 'home'), LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', output, output],
    timeout: limitSeconds * 1000,
  })
  closeSync(output)
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 255))
  })
  const pids = () => (child.pid === undefined ? [] : account.pids(child.pid))
  const peak = { bytes: 0, processes: 0 }
  const sampler = setInterval(() => {
    const now = pids()
    peak.bytes = Math.max(peak.bytes, proportionalMemory(now))
    peak.processes = Math.max(peak.processes, now.length)
  }, SAMPLE_MS)
  try {
    const code = await ended
    const wallSeconds = (performance.now() - begun) / 1000
    clearInterval(sampler)
    const busy = machineSeconds() - machineBefore
    await endAll(pids)
    const clientSeconds = account.seconds()
    const serverSeconds = await settled(() => served() - serverBefore)
    if (code !== 0) {
      throw new Error(`${argv.slice(0, 2).join(' ')} ended with code ${code}:\n${trouble(readFileSync(log, 'utf8'))}`)
    }
    return {
      wallSeconds,
      clientSeconds,
      serverSeconds,
      otherCores: Math.max(0, (busy - clientSeconds - (serverSeconds || 0)) / wallSeconds),
      peakBytes: peak.bytes,
      peakProcesses: peak.processes,
      method: account.method,
    }
  } finally {
    clearInterval(sampler)
    account.close()
  }
}

/** Ends daemons (ControlPersist masters): only what the command itself has started. */
async function endAll(pids: () => number[]): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const left = pids()
    if (left.length === 0) return
    for (const pid of left) {
      try {
        process.kill(pid, tries < 10 ? 'SIGTERM' : 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    await sleep(100)
  }
}

/** Sessions of the fleet end a little after their clients: waits until nothing more is added. */
async function settled(seconds: () => number): Promise<number> {
  let last = seconds()
  for (let tries = 0; tries < 20; tries++) {
    await sleep(100)
    const now = seconds()
    if (!(now - last > 0.002)) return now
    last = now
  }
  return last
}

/** The lines of a tool's output that speak of a failure, a few of them; else its last ones. */
function trouble(output: string): string {
  const lines = output.trim().split('\n')
  const telling = lines.filter((line) => /fatal|refused|error|denied/i.test(line))
  return (telling.length > 0 ? telling.slice(0, 4) : lines.slice(-4)).join('\n')
}
