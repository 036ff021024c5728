import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../command.ts'
import type { Distro } from '../distro/distro.ts'
import { MARKER, pidNamespace, startTime, until } from '../processes.ts'
import { bootFiles } from './boot.ts'
import { makeSpecial } from './kinds.ts'
import { writeFiles } from './layer.ts'
import { type PlannedHost, SSH_PORT } from './plan.ts'
import type { RunFiles } from './run-files.ts'

const INIT = fileURLToPath(new URL('host-init.sh', import.meta.url))
const LAUNCH = fileURLToPath(new URL('launch.sh', import.meta.url))
const KEY = 'etc/ssh/ssh_host_ed25519_key'

/** An ed25519 key pair without passphrase at `path` and `path`.pub. @returns the public line. */
export async function makeKey(path: string, comment: string): Promise<string> {
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path])
  return readFile(`${path}.pub`, 'utf8')
}

/**
 * Lays a host out on disk: its upper layer with name, machine id, SSH host key and what is special about it, and its /boot.
 *
 * @returns the public host key's line, and the variables of its GRUB environment.
 */
export async function layOutHost(
  host: PlannedHost,
  files: RunFiles,
  distro: Distro,
): Promise<{ publicKey: string; grubEnvironment: Record<string, string> }> {
  const dir = files.host(host.name)
  const upper = join(dir, 'upper')
  for (const name of ['work', 'root', 'upper/etc/ssh']) await mkdir(join(dir, name), { recursive: true })
  const machineId = randomBytes(16).toString('hex')
  const loader = bootFiles(machineId, distro.kernel8, host.kind === 'lvm')
  await writeFiles(upper, {
    'etc/hostname': `${host.name}\n`,
    'etc/hosts': `127.0.0.1 localhost\n${host.address} ${host.name}\n`,
    'etc/machine-id': `${machineId}\n`,
    'etc/default/grub': loader.defaultGrub,
    'etc/fstab': `overlay / overlay defaults 0 0\ntmpfs /boot tmpfs mode=755,size=${host.bootMiB}m 0 0\n`,
  })
  await writeFiles(join(dir, 'boot'), loader.boot)
  for (const name of await readdir(distro.boot8)) await copyFile(join(distro.boot8, name), join(dir, 'boot', name))
  await makeSpecial(host.kind, upper, distro)
  return { publicKey: await makeKey(join(upper, KEY), host.name), grubEnvironment: loader.environment }
}

/** Starts a program that outlives us, in its own session, with its pid recorded as `<pids>/<name>` before it runs. */
export async function launch(
  files: RunFiles,
  name: string,
  log: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  await mkdir(files.pids, { recursive: true })
  const output = await open(log, 'a')
  try {
    const child = spawn(LAUNCH, [join(files.pids, name), ...argv], {
      detached: true,
      cwd: '/',
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', [MARKER]: files.dir, ...env },
      stdio: ['ignore', output.fd, output.fd],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
  } finally {
    await output.close()
  }
}

/** The recorded process `<pids>/<name>`, if it still runs. */
export async function recordedPid(files: RunFiles, name: string): Promise<number | undefined> {
  const text = await readFile(join(files.pids, name), 'utf8').catch(() => '')
  const [pid, start] = text.trim().split(' ')
  return pid && start && startTime(Number(pid)) === start ? Number(pid) : undefined
}

/** The init process of a running host, seen from outside its namespaces. */
export async function initPid(files: RunFiles, name: string): Promise<number | undefined> {
  const parent = await recordedPid(files, name)
  if (parent === undefined) return undefined
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(() => '')
  // While it is still being launched, its children are our own shell's.
  const ours = pidNamespace(process.pid)
  return children
    .trim()
    .split(' ')
    .map(Number)
    .find((pid) => pid > 0 && ![undefined, ours].includes(pidNamespace(pid)))
}

/** Whether something at `address`:`port` greets like an SSH server. */
export function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: 3000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-2.0-')))
    socket
      .once('error', () => end(false))
      .once('timeout', () => end(false))
      .once('close', () => resolve(false))
  })
}

/**
 * Starts a host that was laid out, and waits until its SSH server greets.
 *
 * @throws Error with the end of its log when it ends or stays silent.
 */
export async function startHost(
  host: PlannedHost,
  files: RunFiles,
  distro: Distro,
  grubEnvironment: Readonly<Record<string, string>>,
): Promise<void> {
  const dir = files.host(host.name)
  const log = join(dir, 'log')
  const argv = [
    ...['unshare', '--mount', '--uts', '--pid', '--ipc', '--fork', '--kill-child'],
    ...[INIT, dir, `${files.layer}:${distro.root8}`, host.name, host.address, `${SSH_PORT}`, `${host.bootMiB}`],
    ...Object.entries(grubEnvironment).map(([name, value]) => `${name}=${value}`),
  ]
  // The convention by which an init tells those who ask that this is a container.
  await launch(files, host.name, log, argv, { container: 'lab' })
  let seen = false
  try {
    await until(`${host.name}: its SSH server does not answer`, 90, async () => {
      const alive = (await recordedPid(files, host.name)) !== undefined
      if (seen && !alive) throw new Error(`${host.name} ended while it started`)
      seen ||= alive
      return (await greets(host.address, SSH_PORT)) || undefined
    })
  } catch (error) {
    const tail = (await readFile(log, 'utf8')).trim().split('\n').slice(-10).join('\n')
    throw new Error(`${(error as Error).message}\n${tail}`)
  }
}
