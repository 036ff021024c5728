import {
  applied,
  brokenHosts,
  type Claim,
  checkWroteNothing,
  imagesHoldAll,
  oldBootUntouched,
  oneEntryMore,
} from './demo/claims.ts'
import { type Run, upgradePush } from './demo/runs.ts'
import { type Fleet, startFleet } from './fleet/fleet.ts'
import { demoHosts } from './fleet/plan.ts'
import { hostTree, type Tree } from './fleet/tree.ts'

// npm run demo: prepares a fleet of real hosts in check mode and twice for real, and looks whether what we claim is so.

const NAME = 'demo'
const PLAIN_HOSTS = 3

async function trees(fleet: Fleet): Promise<Map<string, Tree>> {
  const found = new Map<string, Tree>()
  for (const { name, kind } of fleet.hosts) if (kind !== 'down') found.set(name, await hostTree(fleet.files, name))
  return found
}

async function show(fleet: Fleet, signal: AbortSignal): Promise<{ claims: Claim[]; runs: Run[] }> {
  const claims: Claim[] = []
  const runs: Run[] = []
  const playbook = ['-i', fleet.inventoryPath, 'playbooks/initramfs.yml']
  const step = async (title: string, args: readonly string[]): Promise<Run> => {
    signal.throwIfAborted()
    const run = await upgradePush(title, [...playbook, ...args], signal)
    signal.throwIfAborted()
    runs.push(run)
    return run
  }

  const pristine = await trees(fleet)
  const check = await step('check', ['--check'])
  claims.push(...checkWroteNothing(fleet, check, pristine, await trees(fleet)), ...brokenHosts(check))

  const first = await step('apply', [])
  claims.push(applied(fleet, first, true), ...brokenHosts(first))
  claims.push(oldBootUntouched(pristine, await trees(fleet)), await imagesHoldAll(fleet), await oneEntryMore(fleet))

  const second = await step('apply again', [])
  claims.push(applied(fleet, second, false), ...brokenHosts(second))

  const clean = await step('check of the healthy', ['--check', '--detailed-exitcode', '--limit', 'healthy'])
  const code = clean.exitCode
  claims.push({
    text: 'check of the healthy: nothing is pending, exit code 0',
    against: code === 0 ? [] : [`it was ${code}`],
  })
  return { claims, runs }
}

function summarise({ claims, runs }: { claims: readonly Claim[]; runs: readonly Run[] }): boolean {
  console.log('\n### What was claimed, and what was found\n')
  for (const { text, against } of claims) {
    console.log(`${against.length === 0 ? '  ok    ' : '  FAILED'} ${text}`)
    for (const reason of against) console.log(`           ${reason}`)
  }
  const times = runs.map((run) => `${run.title} ${run.seconds.toFixed(1)} s`).join(', ')
  const failed = claims.filter((claim) => claim.against.length > 0).length
  console.log(`\n${claims.length - failed} claims hold, ${failed} do not. Times: ${times}.`)
  return failed === 0
}

async function main(): Promise<number> {
  const abort = new AbortController()
  const stop = () => abort.abort(new Error('interrupted: the fleet is taken down'))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const fleet = await startFleet({
    name: NAME,
    hosts: demoHosts(PLAIN_HOSTS),
    onProgress: (line) => console.log(line),
    signal: abort.signal,
  })
  try {
    return summarise(await show(fleet, abort.signal)) ? 0 : 1
  } finally {
    await fleet.stop()
    console.log(`fleet '${NAME}' is down`)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
