import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Distro, OnProgress } from '../distro/distro.ts'
import { startTime, until } from '../processes.ts'
import { type Base, layOutBase } from './base.ts'
import { type VmFiles, vmFiles, vmRoot } from './files.ts'
import { ensureVmImage } from './image.ts'
import type { Variant } from './layout.ts'
import { endVm, isRunning, type Lifetime, ownedBy } from './lifetime.ts'
import { qemuArgv } from './qemu.ts'
import { baseInUse, writeRecord } from './record.ts'
import { startRepo } from './repo.ts'
import { writeAccess } from './ssh.ts'
import { Vm } from './vm.ts'

export interface VmOptions {
  /** a-z, 0-9 and -; the name of its folder. */
  name: string
  distro: Distro
  onProgress: OnProgress
  /** How its disks are laid out; `plain` unless given. */
  variant?: Variant | undefined
  /** Start from these disks in place of a freshly installed system's. */
  from?: Base | undefined
  /** Port of 127.0.0.1 that leads to its sshd; a free one unless given. */
  port?: number | undefined
  /** See Lifetime; `caller` unless given. */
  lifetime?: Lifetime | undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

async function startQemu(
  name: string,
  files: VmFiles,
  disks: number,
  port: number,
  lifetime: Lifetime,
): Promise<number> {
  const log = await open(files.qemuLog, 'w')
  try {
    const [file, args, options] = ownedBy(lifetime, files, qemuArgv(name, files, disks, port))
    const child = spawn(file, args, { ...options, cwd: files.dir, stdio: ['ignore', log.fd, log.fd] })
    child.unref()
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('spawn', () => resolve(child.pid as number))
    })
    // The control socket exists once every device and port was accepted.
    await until(`QEMU's control socket; see ${files.qemuLog}`, 60, () => {
      if (startTime(pid) === undefined) throw new Error(`QEMU ended at once; see ${files.qemuLog}`)
      return existsSync(files.qmpSocket) ? true : undefined
    })
    return pid
  } finally {
    await log.close()
  }
}

/**
 * Starts a virtual machine on fresh overlays of cached disks: LabOS 8 as installed, or what `from` holds. Returns when QEMU runs; `waitForSsh` tells when
 * the system is up.
 *
 * @throws Error when a machine of this name runs already, or something that it needs can't be had; nothing is left then.
 */
export async function startVm(options: VmOptions): Promise<Vm> {
  const { name, distro, onProgress, lifetime = 'caller' } = options
  const files = vmFiles(name)
  const base = options.from ?? (await ensureVmImage(distro, options.variant ?? 'plain', onProgress, baseInUse))
  if (isRunning(files))
    throw new Error(`the machine '${name}' runs already; end it with: npm run lab -- vm down ${name}`)
  await endVm(files) // the folder of one that died
  await mkdir(vmRoot(), { recursive: true })
  await mkdir(files.dir, { mode: 0o700 })
  try {
    const port = options.port ?? (await freePort())
    await layOutBase(base, files)
    await writeAccess(files, port, base.hostKey)
    await startRepo(files, distro, lifetime)
    const pid = await startQemu(name, files, base.disks.length, port, lifetime)
    await writeRecord(files, { name, port, base: base.key, pid })
    return new Vm(name, files, port, pid, base)
  } catch (error) {
    await endVm(files)
    throw error
  }
}
