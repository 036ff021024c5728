import type { RawResult } from '../wire/channel.ts'

/** What a poll told. */
export interface JobStatus {
  /** `dead`: it left no exit code and its process is gone (killed, or the host was reset). */
  readonly state: 'none' | 'running' | 'exited' | 'dead'
  readonly code: number
  readonly inputs: string
  /** Its result was delivered to a run. */
  readonly collected: boolean
  /** By the host's clock. */
  readonly elapsedMs: number
  readonly stdout: Piece
  readonly stderr: Piece
}

/** A piece of a growing file. */
export interface Piece {
  readonly offset: number
  readonly size: number
  readonly bytes: Buffer
}

const NOTHING: Piece = { offset: 0, size: 0, bytes: Buffer.alloc(0) }

/** Reads a poll's answer; undefined when it is none. */
export function parseStatus({ stdout, stderr }: RawResult): JobStatus | undefined {
  const end = stdout.indexOf(10)
  const line = stdout.toString('latin1', 0, Math.max(end, 0))
  if (line === 'none') {
    return { state: 'none', code: 0, inputs: '', collected: false, elapsedMs: 0, stdout: NOTHING, stderr: NOTHING }
  }
  const match = /^(running|exited|dead) (\d+|-) (\S+) (yes|-) (-?\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(line)
  if (!match) return undefined
  const number = (index: number) => Number(match[index])
  return {
    state: match[1] as JobStatus['state'],
    code: match[2] === '-' ? 0 : number(2),
    inputs: match[3] ?? '',
    collected: match[4] === 'yes',
    elapsedMs: number(5) * 1000,
    stdout: { offset: number(6), size: number(7), bytes: stdout.subarray(end + 1) },
    stderr: { offset: number(8), size: number(9), bytes: stderr },
  }
}
