import { readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { run } from '../command.ts'
import { withLock } from '../lock.ts'
import { stateRoot } from '../paths.ts'
import { markedPids, pidNamespace, pidsIn, signal, startTime, until } from '../processes.ts'
import { recordedPid } from './host.ts'
import { BLOCKS_LOCK } from './record.ts'
import { type RunFiles, runFiles } from './run-files.ts'

/** Mount points of this mount namespace at or below a folder, deepest first. */
export async function mountsBelow(dir: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  const points = table.split('\n').map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
  return points.filter((point) => point === dir || point.startsWith(`${dir}/`)).reverse()
}

/** Kills recorded processes and those that carry the fleet's mark, until there are none. A host's own go with its init. */
async function endProcesses(files: RunFiles): Promise<void> {
  const names = await readdir(files.pids).catch(() => [])
  const recorded = (await Promise.all(names.map((name) => recordedPid(files, name)))).filter((pid) => pid !== undefined)
  const namespaces = new Set<string>()
  const ours = pidNamespace(process.pid)
  await until(`the end of the processes of ${files.dir}`, 30, () => {
    const marked = markedPids(files.dir)
    for (const namespace of marked.map(pidNamespace)) if (namespace && namespace !== ours) namespaces.add(namespace)
    const left = [...recorded.filter((pid) => startTime(pid) !== undefined), ...marked]
    for (const pid of left) signal(pid, 'SIGKILL')
    return left.length === 0 && pidsIn(namespaces).length === 0 ? true : undefined
  })
}

/**
 * Ends everything of a fleet: processes with their namespaces, mounts, files. For running, crashed and half-started ones
 * alike; for one that isn't there it does nothing. The caller holds the fleet's lock.
 */
export async function endFleet(name: string): Promise<void> {
  const files = runFiles(name)
  await endProcesses(files)
  for (const point of await mountsBelow(files.dir)) await run(['umount', '--lazy', point])
  await rm(files.dir, { recursive: true, force: true })
  // The last fleet takes the folder of all fleets along; while there is another, it isn't empty and stays.
  await withLock(
    BLOCKS_LOCK,
    () => {},
    () => rmdir(stateRoot()).catch(() => {}),
  )
}
