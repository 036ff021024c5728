import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startFleet } from './fleet.ts'
import { measure } from './measure.ts'
import { type ShareOptions, type ShareSample, VIEWS, type View } from './share-sample.ts'
import { planSite, type Site, SSH_PORT } from './site.ts'
import { writeInventory } from './tools/tool.ts'
import { TRUE } from './workload.ts'

/** A program of its own, run in seclusion: node share.ts SCRATCH OPTIONS. Prints its samples as JSON on stdout, its progress on stderr. */

const PLAYBOOK = fileURLToPath(new URL('playbooks/wait.yml', import.meta.url))

/** Either view has the same terminal of 120 by 40 (script's), so that nothing but the drawing differs. */
function command(site: Site, view: View, { cli, beats }: ShareOptions) {
  const job = { site, workload: TRUE, hosts: site.hosts, port: SSH_PORT, forks: site.hosts.length, cli }
  const args = ['-i', writeInventory(job), '-f', String(site.hosts.length), '-e', `beats=${beats}`, PLAYBOOK]
  const output = view === 'plain' ? ['--output', 'plain'] : []
  const words = [process.execPath, cli, ...output, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  return {
    argv: ['script', '-qefc', `stty cols 120 rows 40; exec ${words.join(' ')}`, '/dev/null'],
    env: { XDG_STATE_HOME: join(site.scratch, 'state'), TERM: 'xterm-256color', SHELL: '/bin/sh' },
  }
}

async function main(scratch: string, options: ShareOptions): Promise<ShareSample[]> {
  const site = planSite(scratch, options.hosts)
  const fleet = await startFleet(site)
  const samples: ShareSample[] = []
  for (let run = 0; run < options.runs; run++) {
    for (const view of VIEWS) {
      const measured = await measure(command(site, view, options), {
        scratch,
        fleet,
        limitSeconds: options.beats + 600,
      })
      samples.push({ view, cpuSeconds: measured.clientSeconds, wallSeconds: measured.wallSeconds })
      process.stderr.write(
        `${view}: ${measured.clientSeconds.toFixed(2)} s of CPU in ${measured.wallSeconds.toFixed(1)} s\n`,
      )
    }
  }
  return samples
}

const [, , scratch = '', options = ''] = process.argv
try {
  process.stdout.write(JSON.stringify(await main(scratch, JSON.parse(options) as ShareOptions)))
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`)
  process.exitCode = 1
}
// The fleet's sshd is a child: it ends with the namespace.
process.exit()
