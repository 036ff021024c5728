import { cp } from 'node:fs/promises'
import { run } from '../command.ts'
import type { VmFiles } from './files.ts'

/** What machines are started from, in the cache: only read, machines run on overlays of it. */
export interface Base {
  /** Name of the cache folder, decided by what went into it. */
  key: string
  disks: readonly { path: string; format: 'raw' | 'qcow2' }[]
  /** The firmware's variables to start from. */
  variables: string
  /** Private key that may log in as root. */
  clientKey: string
  /** `ssh-ed25519 AAAA...`: the machine's host key. */
  hostKey: string
  /** What the tool kept on its side when it worked on the machine: a folder. */
  controller?: string | undefined
}

/** Gives a machine overlays of the base's disks and copies of the rest. */
export async function layOutBase(base: Base, files: VmFiles): Promise<void> {
  for (const [i, { path, format }] of base.disks.entries())
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', path, files.disk(i)])
  await cp(base.variables, files.variables)
  await cp(base.clientKey, files.clientKey)
  if (base.controller) await cp(base.controller, files.controller, { recursive: true })
}
