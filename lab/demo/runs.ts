import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const CLI = join(PROJECT, 'dist/upgrade-push.mjs')

/** One run of upgrade-push, as its user saw it. */
export interface Run {
  title: string
  exitCode: number
  seconds: number
  /** Standard output and standard error in the order in which they came. */
  output: string
  /** PLAY RECAP: counts by host. */
  recap: ReadonlyMap<string, Readonly<Record<string, number>>>
}

/** Reads `web1 : ok=2 changed=1 ...` lines. */
export function parseRecap(output: string): Run['recap'] {
  const recap = new Map<string, Record<string, number>>()
  for (const line of output.split('\n')) {
    const [, host, counts] = /^(\S+)\s+: (ok=\d.*)$/.exec(line) ?? []
    if (!host || !counts) continue
    const pairs = [...counts.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [name, Number(count)])
    recap.set(host, Object.fromEntries(pairs))
  }
  return recap
}

/** Runs the built command line in the project's folder, showing what it prints. */
export function upgradePush(title: string, args: readonly string[], signal: AbortSignal): Promise<Run> {
  const begun = Date.now()
  console.log(`\n### ${title}\n$ upgrade-push ${args.join(' ')}\n`)
  return new Promise((resolve, reject) => {
    // The journals go the way of the fleet, whose folder they are in.
    const state = dirname(args[args.indexOf('-i') + 1] ?? '')
    const env = { ...process.env, XDG_STATE_HOME: join(state, 'state') }
    const child = spawn(process.execPath, [CLI, ...args], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const [stream, shown] of [[child.stdout, process.stdout] as const, [child.stderr, process.stderr] as const]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        shown.write(text)
      })
    }
    // The child hears Ctrl-C itself and ends in its own order; a signal meant for us alone is passed on.
    const pass = () => child.kill('SIGINT')
    signal.addEventListener('abort', pass)
    child.once('error', reject)
    child.once('close', (code) => {
      signal.removeEventListener('abort', pass)
      const seconds = (Date.now() - begun) / 1000
      resolve({ title, exitCode: code ?? 255, seconds, output, recap: parseRecap(output) })
    })
  })
}
