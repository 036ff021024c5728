import type { EventBody, HostResult, RunEvent } from '../src/events/types.ts'

export interface SyntheticOptions {
  readonly hosts: number
  readonly mode?: 'check' | 'apply'
  /** Hosts of one batch. */
  readonly serial?: number
  readonly forks?: number
}

const STEPS = [
  'preflight',
  'gather_modules',
  'install_rpms',
  'stage_transaction',
  'run_dracut',
  'copy_boot',
  'boot_entry',
]
/** Milliseconds that each step takes, about. */
const TAKES = [900, 400, 38_000, 61_000, 24_000, 2_500, 600]
const START = Date.UTC(2026, 10, 23, 5, 13, 34)

/**
 * The events of a made-up run: what the screen would see of so many hosts, in the order of its clock. No host was touched and no engine ran;
 * it is for drawing, measuring and testing. The same options give the same events.
 */
export function* syntheticRun(options: SyntheticOptions): Generator<RunEvent> {
  const { hosts: count, mode = 'apply', serial = 50, forks = 32 } = options
  const draw = random(7)
  let seq = 0
  let clock = START
  const stamped = (body: EventBody): RunEvent => {
    return { v: 1, seq: ++seq, t: new Date(clock).toISOString(), run: '20261123T051334Z-5y17', ...body }
  }
  const hosts = Array.from({ length: count }, (_, i) => `web${String(i + 1).padStart(String(count).length, '0')}`)
  const batches = Array.from({ length: Math.ceil(count / serial) }, (_, i) => hosts.slice(i * serial, (i + 1) * serial))
  yield stamped({
    type: 'run_started',
    mode,
    playbooks: ['playbooks/initramfs.yml'],
    version: '0.1.0',
    user: 'operator',
    controller: 'bastion',
    forks,
    diff: true,
    hosts: count,
    journal: '/home/operator/.local/state/upgrade-push/runs/20261123T051334Z-5y17/events.ndjson',
  })
  yield stamped({
    type: 'play_started',
    play: 0,
    name: 'Prepare the upgrade initramfs (SYNTHETIC)',
    hosts,
    batches: batches.length,
    steps: STEPS.map((name) => ({ name, task: name })),
    maxFailPercentage: 10,
  })
  for (const [batch, members] of batches.entries()) {
    yield stamped({ type: 'batch_started', play: 0, batch, of: batches.length, hosts: members })
    for (const [step, name] of STEPS.entries()) {
      yield stamped({ type: 'task_started', play: 0, batch, step, name, task: name, hosts: members })
    }
    const moments = members.flatMap((host, i) => hostMoments(host, i, forks, draw, { batch, mode }))
    moments.sort((a, b) => a.at - b.at)
    const begin = clock
    for (const { at, body } of moments) {
      clock = begin + at
      yield stamped(body)
    }
    yield stamped({ type: 'batch_finished', play: 0, batch })
  }
  yield stamped({ type: 'run_finished', outcome: 'failed', exitCode: 2, recap: {}, ms: clock - START })
}

interface Moment {
  readonly at: number
  readonly body: EventBody
}

/** One host's steps, from the moment at which its turn comes. */
function hostMoments(
  host: string,
  index: number,
  forks: number,
  draw: () => number,
  { batch, mode }: { batch: number; mode: string },
): Moment[] {
  const moments: Moment[] = []
  let at = Math.floor(index / forks) * 128_000 + draw() * 2_000
  const failsAt = draw() < 0.03 ? 4 + Math.floor(draw() * 2) : -1
  for (const [step, name] of STEPS.entries()) {
    const ms = Math.round((TAKES[step] as number) * (0.7 + draw() * 0.7))
    const where = { play: 0, batch, step, host }
    if (mode === 'apply' && ms > 2_000) {
      moments.push({
        at,
        body: { type: 'intent', ...where, task: name, summary: `${name} of ${host}`, touches: [], spec: {} },
      })
      for (let line = 1; line <= 5; line++) {
        const text = `Installing package ${line * 40} of 212: glibc-common-2.34-${line}.el9.x86_64`
        moments.push({ at: at + (ms * line) / 6, body: { type: 'progress', ...where, line: text } })
      }
    }
    at += mode === 'apply' ? ms : ms / 20
    if (step === failsAt) {
      moments.push({ at, body: { type: 'host_result', ...where, ...failure(host, draw), ms } })
      return moments
    }
    moments.push({ at, body: { type: 'host_result', ...where, ...success(host, name, index + batch * 50), ms } })
  }
  return moments
}

function failure(host: string, draw: () => number): Pick<HostResult, 'status' | 'message' | 'remedy'> {
  if (draw() < 0.25) return { status: 'unreachable', message: `${host}: connection timed out after 20 s` }
  return {
    status: 'refused',
    message: `no space in /boot: need ${140 + Math.floor(draw() * 9)} MiB, have 96 MiB`,
    remedy: 'remove old kernels with: dnf remove --oldinstallonly',
  }
}

/** Three hosts of a thousand have one package more. */
function success(host: string, name: string, index: number): Pick<HostResult, 'status' | 'message' | 'diff'> {
  if (name === 'preflight') return { status: 'ok' }
  const odd = index % 333 === 7 ? ['local-agent-4.2-1.el9.x86_64'] : []
  const added = ['kernel-5.14.0-503.el9.x86_64', 'systemd-252-46.el9.x86_64', ...odd]
  const diff: HostResult['diff'] =
    name === 'stage_transaction'
      ? [{ kind: 'items', title: 'packages', added, removed: ['python36'], changed: [] }]
      : undefined
  return { status: 'changed', message: `${name}: would be put in place on ${host}`, diff }
}

/** A small generator of numbers from 0 to 1, the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
