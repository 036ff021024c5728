import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Fleet, startFleet } from '../lab/fleet/fleet.ts'
import { measure } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { RTTS, startProxy } from './proxy.ts'
import { markdown, perHost, roundTrips, wall } from './report.ts'
import { median, type Sample } from './sample.ts'
import { PROXY_PORT, SSH_PORT } from './site.ts'

const PLAYBOOK = fileURLToPath(new URL('../playbooks/initramfs.yml', import.meta.url))
const HOSTS = 4
const WORKLOAD = 'initramfs.yml --check'
/** The first run builds containers and images. */
const PREPARE_SECONDS = 3600
const CHECK_SECONDS = 600

export interface InitramfsResult {
  readonly table: string
  readonly samples: readonly Sample[]
}

/** The main job's check, on hosts of the lab that were prepared before: what an operator's nightly audit costs. */
export async function measureInitramfs(options: BenchOptions, signal: AbortSignal): Promise<InitramfsResult> {
  const scratch = mkdtempSync(join(tmpdir(), `upgrade-push-bench-${process.pid}-`))
  const hosts = Array.from({ length: HOSTS }, (_, i) => ({ name: `bench${i + 1}`, kind: 'plain' as const }))
  const fleet = await startFleet({ name: 'bench', hosts, signal, onProgress: (line) => console.error(line) })
  try {
    const checks = new Checks(fleet, options.cli, scratch)
    await checks.run([], PREPARE_SECONDS)
    signal.throwIfAborted()
    const samples: Sample[] = []
    for (let run = 0; run < options.runs; run++) samples.push(await checks.sample(0))
    for (const rttMs of options.roundTrips ? RTTS : []) {
      const proxy = await startProxy(
        rttMs,
        fleet.hosts.map(({ address }) => address),
      )
      try {
        for (let run = 0; run < options.runs; run++) samples.push(await checks.sample(rttMs))
      } finally {
        await proxy.stop()
      }
    }
    return { table: tableOf(samples), samples }
  } finally {
    await fleet.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
}

class Checks {
  readonly #fleet: Fleet
  readonly #cli: string
  readonly #scratch: string
  readonly #farKnownHosts: string

  constructor(fleet: Fleet, cli: string, scratch: string) {
    this.#fleet = fleet
    this.#cli = cli
    this.#scratch = scratch
    this.#farKnownHosts = join(scratch, 'known_hosts')
    const known = readFileSync(fleet.knownHosts, 'utf8')
    writeFileSync(this.#farKnownHosts, known.replaceAll(`]:${SSH_PORT} `, `]:${PROXY_PORT} `))
  }

  run(args: readonly string[], limitSeconds: number) {
    const argv = [process.execPath, this.#cli, '-i', this.#fleet.inventoryPath, PLAYBOOK, ...args]
    const env = { XDG_STATE_HOME: join(this.#scratch, 'state') }
    return measure({ argv, env }, { scratch: this.#scratch, limitSeconds })
  }

  /** One check, which must find nothing to do; `rttMs` > 0: through the proxy. */
  async sample(rttMs: number): Promise<Sample> {
    const far = {
      ansible_port: PROXY_PORT,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${this.#farKnownHosts}`,
    }
    const way = rttMs > 0 ? ['-e', JSON.stringify(far)] : []
    const measured = await this.run(['--check', '--detailed-exitcode', ...way], CHECK_SECONDS)
    return { tool: 'upgrade-push', workload: WORKLOAD, hosts: HOSTS, rttMs, ...measured }
  }
}

function tableOf(samples: readonly Sample[]): string {
  const near = samples.filter(({ rttMs }) => rttMs === 0)
  const row = [
    `${HOSTS} hosts`,
    String(near.length),
    median(near.map(perHost)).toFixed(1),
    median(near.map(wall)).toFixed(2),
    roundTrips(samples, 'upgrade-push', WORKLOAD)?.toFixed(1) ?? '',
    `${(Math.max(...near.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0)}`,
  ]
  return markdown(['', 'runs', 'CPU ms/host', 'wall s', 'round trips', 'peak MB'], [row])
}
