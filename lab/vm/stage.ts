import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digest } from '../distro/cache.ts'
import { cacheRoot } from '../paths.ts'
import type { Base } from './base.ts'
import type { Vm } from './vm.ts'

/** Where a machine was brought to, so that others start from there. */
export interface StageWanted {
  /** a-z, 0-9 and -; `prepared`, say. There is one stage of a name: another with the same name takes its place. */
  name: string
  /** What its machine is started from. */
  from: Base
  /** Everything else that decides what comes of it: a digest of the tool, of the recipe. */
  inputs: readonly string[]
}

const root = () => join(cacheRoot(), 'stages')
const DESCRIPTION = 'stage.json'

/**
 * Returns the stage out of the cache, or makes it: `bring` gets a machine that runs, and when it is done the machine is shut
 * down and its disks are kept. A stage counts only for exactly these inputs.
 *
 * @param start starts a machine from a base; it is ended here.
 */
export async function ensureStage(
  { name, from, inputs }: StageWanted,
  start: (base: Base) => Promise<Vm>,
  bring: (vm: Vm) => Promise<unknown>,
): Promise<Base> {
  const key = `${name}-${digest(from.key, ...inputs)}`
  const dir = join(root(), key)
  const description = join(dir, DESCRIPTION)
  if (existsSync(description)) return JSON.parse(await readFile(description, 'utf8')) as Base

  await mkdir(root(), { recursive: true })
  for (const other of await readdir(root()))
    if (other.startsWith(`${name}-`)) await rm(join(root(), other), { recursive: true, force: true })
  const vm = await start(from)
  try {
    await bring(vm)
    await vm.shutDown()
    return await keep(vm, key, dir)
  } finally {
    await vm.stop()
  }
}

/** Moves what is left of a machine into the cache. The description comes last: a stage without one was cut off. */
async function keep(vm: Vm, key: string, dir: string): Promise<Base> {
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { mode: 0o700 })
  const base: Base = {
    key,
    disks: vm.base.disks.map((_, i) => ({ path: join(dir, `disk${i}.qcow2`), format: 'qcow2' })),
    variables: join(dir, 'efi-variables.fd'),
    clientKey: join(dir, 'id_ed25519'),
    hostKey: vm.base.hostKey,
    controller: join(dir, 'state'),
  }
  for (const [i, { path }] of base.disks.entries()) await rename(vm.files.disk(i), path)
  await cp(vm.files.variables, base.variables)
  await cp(vm.files.clientKey, base.clientKey)
  await mkdir(vm.files.controller, { recursive: true })
  await cp(vm.files.controller, base.controller as string, { recursive: true })
  await writeFile(join(dir, DESCRIPTION), JSON.stringify(base, null, 2))
  return base
}
