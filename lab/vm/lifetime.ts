import type { SpawnOptions } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { MARKER, markedPids, signal, until } from '../processes.ts'
import type { VmFiles } from './files.ts'

/** `caller`: the kernel kills the machine when the process that started it ends, however it ends. `detached`: it runs until `endVm`. */
export type Lifetime = 'caller' | 'detached'

/** How to spawn a program of a machine, so that it is found by the machine's folder and ends when it should. */
export function ownedBy(
  lifetime: Lifetime,
  files: VmFiles,
  argv: readonly string[],
): [file: string, args: string[], options: SpawnOptions] {
  const whole = lifetime === 'caller' ? ['setpriv', '--pdeathsig', 'KILL', '--', ...argv] : [...argv]
  const [file = '', ...args] = whole
  // A session of its own: Ctrl-C is for us, and we end the machine.
  return [file, args, { detached: true, env: { ...process.env, [MARKER]: files.dir } }]
}

/** Is anything of this machine running? */
export const isRunning = (files: VmFiles): boolean => markedPids(files.dir).length > 0

/** Kills whatever runs for the machine and removes its folder. A machine that is not there is no error. */
export async function endVm(files: VmFiles): Promise<void> {
  await until(`the end of the machine in ${files.dir}`, 30, () => {
    const pids = markedPids(files.dir)
    for (const pid of pids) signal(pid, 'SIGKILL')
    return pids.length === 0 ? true : undefined
  })
  await rm(files.dir, { recursive: true, force: true })
}
