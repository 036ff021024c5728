import { spawn } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { ensureDistro } from './distro/distro.ts'
import { startFleet } from './fleet/fleet.ts'
import { initPid } from './fleet/host.ts'
import { demoHosts } from './fleet/plan.ts'
import { distroInUse, fleetLock, readRecord } from './fleet/record.ts'
import { runFiles } from './fleet/run-files.ts'
import { endFleet } from './fleet/stop.ts'
import { withLock } from './lock.ts'
import { cacheRoot, stateRoot } from './paths.ts'

/** A command of `npm run lab`: the fleet's name, its own words, and what ends it early. @returns the exit code. */
export type Command = (name: string, words: readonly string[], signal: AbortSignal) => Promise<number>

const say = (line: string) => console.log(line)

const build: Command = async () => {
  const distro = await ensureDistro(say, distroInUse)
  say(`LabOS 8 (kernel ${distro.kernel8}) and 9 (kernel ${distro.kernel9}) are in ${distro.cacheDir}`)
  return 0
}

const up: Command = async (name, [count = '3'], signal) => {
  if (!/^\d{1,3}$/.test(count)) throw new Error(`'${count}' is no number of plain hosts`)
  const begun = Date.now()
  const fleet = await startFleet({ name, hosts: demoHosts(Number(count)), onProgress: say, signal })
  say(`up after ${((Date.now() - begun) / 1000).toFixed(1)} s; inventory: ${fleet.inventoryPath}`)
  return 0
}

const down: Command = async (name) => {
  const there = (await readdir(runFiles(name).dir).catch(() => undefined)) !== undefined
  const waiting = () => say(`waiting for another command on the fleet '${name}'`)
  await withLock(fleetLock(name), waiting, () => endFleet(name))
  say(there ? `fleet '${name}' is down` : `there was no fleet '${name}'`)
  return 0
}

async function fleetNames(): Promise<string[]> {
  const entries = await readdir(stateRoot(), { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

const status: Command = async () => {
  const names = await fleetNames()
  if (names.length === 0) say('no fleet is up')
  for (const name of names) {
    const record = await readRecord(name)
    say(`fleet '${name}': ${runFiles(name).inventory}`)
    for (const host of record?.hosts ?? []) {
      const pid = await initPid(runFiles(name), host.name)
      const state = host.kind === 'down' ? 'down by design' : pid === undefined ? 'NOT RUNNING' : `pid ${pid}`
      say(`  ${host.name.padEnd(12)} ${host.address.padEnd(14)} ${host.kind.padEnd(11)} ${state}`)
    }
  }
  return 0
}

const shell: Command = async (name, [host, ...command]) => {
  if (host === undefined) throw new Error('which host? npm run lab -- shell HOST [COMMAND...]')
  const record = await readRecord(name)
  if (!record) throw new Error(`no fleet '${name}' is up; start it with: npm run lab -- up`)
  const known = record.hosts.map((candidate) => candidate.name)
  if (!known.includes(host)) throw new Error(`the fleet '${name}' has no host '${host}'; it has ${known.join(', ')}`)
  const child = spawn('ssh', ['-F', runFiles(name).sshConfig, host, ...command], { stdio: 'inherit' })
  return new Promise((resolve, reject) => child.once('close', (code) => resolve(code ?? 255)).once('error', reject))
}

const clean: Command = async () => {
  const names = await fleetNames()
  if (names.length > 0) {
    const commands = names.map((name) => `npm run lab -- down --name ${name}`)
    throw new Error(`fleets stand on the cache; end them first:\n${commands.join('\n')}`)
  }
  await withLock(
    cacheRoot(),
    () => say('waiting for a build to end'),
    () => rm(cacheRoot(), { recursive: true, force: true }),
  )
  say(`${cacheRoot()} is gone`)
  return 0
}

/** Every command by its name. */
export const COMMANDS: Readonly<Record<string, Command>> = { build, up, down, status, shell, clean }
