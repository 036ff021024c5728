import { spawn } from 'node:child_process'
import { mkdir, open, readFile, symlink } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Distro } from '../distro/distro.ts'
import { startTime, until } from '../processes.ts'
import type { VmFiles } from './files.ts'
import type { Lifetime } from './lifetime.ts'
import { ownedBy } from './lifetime.ts'

/** The address of the host's that a machine reaches, and the port that labos.repo names. */
const ADDRESS = '127.0.0.1'
const PORT = 8808
const SERVER = fileURLToPath(new URL('../fleet/repo-server.ts', import.meta.url))
const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

function connects(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(PORT, ADDRESS)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** Does whoever has the port serve the packages of this very build? */
async function servesThis(distro: Distro): Promise<boolean> {
  const index = 'repodata/repomd.xml'
  try {
    const answer = await fetch(`http://${ADDRESS}:${PORT}/labos9/${index}`, { signal: AbortSignal.timeout(10_000) })
    return answer.ok && (await answer.text()) === (await readFile(join(distro.repo9, index), 'utf8'))
  } catch {
    return false
  }
}

/**
 * Serves LabOS's repositories to the machine: http://10.0.2.2:8808/labos8/ and /labos9/ as seen from inside. Where another
 * machine's server has them already, that one serves both, as long as that machine lives.
 *
 * @throws Error when something else has the port.
 */
export async function startRepo(files: VmFiles, distro: Distro, lifetime: Lifetime): Promise<void> {
  if (await connects()) {
    if (await servesThis(distro)) return
    throw new Error(
      `${ADDRESS}:${PORT} is taken, and the machine gets its packages there; if it is another machine of the lab, end it: npm run lab -- vm down NAME`,
    )
  }
  await mkdir(files.repo)
  await symlink(distro.repo8, join(files.repo, 'labos8'))
  await symlink(distro.repo9, join(files.repo, 'labos9'))
  const argv = [process.execPath, '--import', 'tsx', SERVER, files.repo, `${ADDRESS}:${PORT}`]
  const log = await open(files.repoLog, 'w')
  try {
    const [file, args, options] = ownedBy(lifetime, files, argv)
    const child = spawn(file, args, { ...options, cwd: PROJECT, stdio: ['ignore', log.fd, log.fd] })
    child.unref()
    const { pid } = child
    if (pid === undefined) throw new Error(`the repository server could not be started: ${file}`)
    await until(`the repository server on ${ADDRESS}:${PORT}; see ${files.repoLog}`, 60, async () => {
      if (startTime(pid) === undefined) throw new Error(`the repository server ended at once; see ${files.repoLog}`)
      return (await connects()) ? true : undefined
    })
  } finally {
    await log.close()
  }
}
