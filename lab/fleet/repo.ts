import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'
import { signal, startTime, until } from '../processes.ts'
import { launch, recordedPid } from './host.ts'
import { REPO_PORT, repoAddress } from './plan.ts'
import type { RunFiles } from './run-files.ts'

const SERVER = fileURLToPath(new URL('repo-server.ts', import.meta.url))
const LOADER = import.meta.resolve('tsx')

function connects(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: REPO_PORT })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Serves the folders below `files.repo` on the fleet's own address. Returns when connections are accepted. */
export async function startRepo(files: RunFiles, block: number): Promise<void> {
  const address = repoAddress(block)
  await launch(files, 'repo', files.repoLog, [
    process.execPath,
    '--import',
    LOADER,
    SERVER,
    files.repo,
    `${address}:${REPO_PORT}`,
  ])
  await until(`the repository server on ${address}:${REPO_PORT}; see ${files.repoLog}`, 60, async () =>
    (await connects(address)) ? true : undefined,
  )
}

/** Ends the server and waits until it is gone. */
export async function stopRepo(files: RunFiles): Promise<void> {
  const pid = await recordedPid(files, 'repo')
  if (pid === undefined) return
  signal(pid, 'SIGKILL')
  await until('the end of the repository server', 10, () => (startTime(pid) === undefined ? true : undefined))
}
