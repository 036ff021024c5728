import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('delay-proxy.ts', import.meta.url))

/** Two delays: the slope between them is the number of round trips, whatever the work itself takes. Milliseconds. */
export const RTTS = [100, 600] as const

/** Starts the delaying proxy at some addresses of a fleet; `stop` ends it. `rttMs`: milliseconds there and back. */
export async function startProxy(rttMs: number, addresses: readonly string[]): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, [...process.execArgv, PROGRAM, String(rttMs), ...addresses], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const ready = await Promise.race([once(child.stdout, 'data').then(() => true), gone.then(() => false)])
  if (!ready) throw new Error('the delaying proxy did not start')
  return {
    async stop() {
      child.kill()
      await gone
    },
  }
}
