import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandOptions, Output } from '../command.ts'
import { type Distro, ensureDistro, type OnProgress } from '../distro/distro.ts'
import { withLock } from '../lock.ts'
import { type HostControl, hostControl } from './control.ts'
import { initPid, layOutHost, makeKey, startHost } from './host.ts'
import { renderInventory, renderKnownHosts, renderSshConfig } from './inventory.ts'
import { extraPackages } from './kinds.ts'
import { makeLayer } from './layer.ts'
import { type HostSpec, type PlannedHost, planHosts } from './plan.ts'
import { BLOCKS_LOCK, DEMO, distroInUse, fleetLock, freeBlock, readRecord, writeRecord } from './record.ts'
import { startRepo, stopRepo } from './repo.ts'
import { type RunFiles, runFiles } from './run-files.ts'
import { endFleet } from './stop.ts'

export interface FleetOptions {
  /** `a-z`, digits, dashes; `demo` unless given. Each name has its own addresses, files and repository server. */
  name?: string
  hosts: readonly HostSpec[]
  onProgress?: OnProgress
  /** Ends the start; everything that was started is taken down again before the promise is rejected. */
  signal?: AbortSignal
}

/** A running fleet. */
export interface Fleet {
  name: string
  distro: Distro
  hosts: readonly PlannedHost[]
  files: RunFiles
  inventoryPath: string
  knownHosts: string
  keyPath: string
  /** Password of the users deploy (sudo asks for it) and ops (sudo doesn't); root and both log in by key. */
  password: string
  /** @throws Error for a name that the fleet doesn't have, or a host of kind `down`. */
  host(name: string): HostControl
  /** Runs a command in a host as root, past SSH. @throws CommandError when it fails. */
  exec(host: string, argv: readonly [string, ...string[]], options?: CommandOptions): Promise<Output>
  /** Ends and starts the server of /labos8/ and /labos9/. `use` puts another folder in the place of one. */
  repo: { stop(): Promise<void>; start(): Promise<void>; use(release: 8 | 9, folder: string): Promise<void> }
  /** Takes everything down; nothing is left. */
  stop(): Promise<void>
}

/** Host starts and key generations that run side by side. */
const WIDTH = 8

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item)
  }
  // All lanes end before a failure is thrown: nothing is started behind the back of a tear-down.
  const results = await Promise.allSettled(Array.from({ length: WIDTH }, lane))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

function handle(name: string, hosts: readonly PlannedHost[], distro: Distro, block: number, password: string): Fleet {
  const files = runFiles(name)
  const host = (wanted: string) => {
    const found = hosts.find((candidate) => candidate.name === wanted)
    if (!found)
      throw new Error(`the fleet '${name}' has no host '${wanted}'; it has ${hosts.map((h) => h.name).join(', ')}`)
    if (found.kind === 'down') throw new Error(`the host '${wanted}' is down by design`)
    return hostControl(found, files)
  }
  return {
    name,
    distro,
    hosts,
    files,
    inventoryPath: files.inventory,
    knownHosts: files.knownHosts,
    keyPath: files.clientKey,
    password,
    host,
    exec: (wanted, argv, options) => host(wanted).exec(argv, options),
    repo: {
      stop: () => stopRepo(files),
      start: () => startRepo(files, block),
      async use(release, folder) {
        const link = join(files.repo, `labos${release}`)
        await rm(link, { force: true })
        await symlink(folder, link)
      },
    },
    stop: () =>
      withLock(
        fleetLock(name),
        () => {},
        () => endFleet(name),
      ),
  }
}

async function start(fleet: Fleet, block: number, signal: AbortSignal | undefined): Promise<void> {
  const { files, hosts, distro } = fleet
  await mkdir(files.repo, { recursive: true })
  await fleet.repo.use(8, distro.repo8)
  await fleet.repo.use(9, distro.repo9)
  await fleet.repo.start()
  await writeFile(files.password, `${fleet.password}\n`, { mode: 0o600 })
  await makeKey(files.clientKey, `lab-${fleet.name}`)
  await makeLayer(files, distro.root8, block)

  const real = hosts.filter((host) => host.kind !== 'down')
  const publicKeys = new Map<string, string>()
  await each(real, async (host) => {
    signal?.throwIfAborted()
    const { publicKey, grubEnvironment } = await layOutHost(host, files, distro)
    publicKeys.set(host.name, publicKey)
    await startHost(host, files, distro, grubEnvironment)
    const packages = extraPackages(host.kind)
    if (packages.length > 0) await fleet.exec(host.name, ['dnf', '-y', '-q', 'install', ...packages])
  })

  // A host that can't be reached, or has another key now, is known by a key of former times.
  for (const host of hosts.filter((h) => h.kind === 'down' || h.kind === 'rekeyed')) {
    const old = join(files.dir, `${host.name}-old-key`)
    publicKeys.set(host.name, await makeKey(old, host.name))
  }
  await writeFile(files.knownHosts, renderKnownHosts(hosts, publicKeys))
  await writeFile(files.sshConfig, renderSshConfig(hosts, files))
  await writeFile(files.inventory, renderInventory(hosts, files))
}

/** A handle on a fleet that runs already; undefined when there is none, or only the remains of one. */
export async function openFleet(name: string, distro: Distro): Promise<Fleet | undefined> {
  const record = await readRecord(name)
  const files = runFiles(name)
  // The inventory is written last: without it the start never ended.
  const whole = await readFile(files.inventory).then(
    () => true,
    () => false,
  )
  if (!record || !whole) return undefined
  const running = await Promise.all(record.hosts.map((host) => initPid(files, host.name)))
  if (running.every((pid) => pid === undefined)) return undefined
  const password = (await readFile(files.password, 'utf8')).trim()
  return handle(name, record.hosts, distro, record.block, password)
}

/**
 * Starts a fleet of LabOS 8 hosts on 127.23.x.y. Builds the distribution first if it is not in the cache.
 * A fleet of this name that a crash left behind is removed first; one that runs is refused.
 *
 * @throws Error when not root, when the name is taken, or when a host does not come up; then nothing is left running.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const name = options.name ?? DEMO
  const onProgress = options.onProgress ?? (() => {})
  if (process.getuid?.() !== 0) throw new Error('the lab needs root: it mounts and makes namespaces')
  const distro = await ensureDistro(onProgress, distroInUse)
  return withLock(
    fleetLock(name),
    () => onProgress(`waiting for another command on the fleet '${name}'`),
    async () => {
      if ((await openFleet(name, distro)) !== undefined) {
        throw new Error(`the fleet '${name}' is up already; end it with: npm run lab -- down --name ${name}`)
      }
      await endFleet(name)
      // The block is claimed under a lock of its own: two fleets may start at once.
      const { block, hosts } = await withLock(
        BLOCKS_LOCK,
        () => {},
        async () => {
          const free = await freeBlock(name)
          const planned = planHosts(options.hosts, free)
          await writeRecord({ name, block: free, distro: distro.key, hosts: planned })
          return { block: free, hosts: planned }
        },
      )
      const fleet = handle(name, hosts, distro, block, randomBytes(9).toString('base64url'))
      try {
        await start(fleet, block, options.signal)
        options.signal?.throwIfAborted()
      } catch (error) {
        await endFleet(name)
        throw error
      }
      onProgress(`fleet '${name}': ${hosts.length} hosts`)
      return fleet
    },
  )
}
