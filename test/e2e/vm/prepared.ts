import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { type Distro, ensureDistro } from '../../../lab/distro/distro.ts'
import type { Base } from '../../../lab/vm/base.ts'
import { vmFiles } from '../../../lab/vm/files.ts'
import { ensureVmImage } from '../../../lab/vm/image.ts'
import type { Variant } from '../../../lab/vm/layout.ts'
import { startVm } from '../../../lab/vm/machine.ts'
import { ensureStage } from '../../../lab/vm/stage.ts'
import type { Vm } from '../../../lab/vm/vm.ts'
import { makeSite, type Site } from './site.ts'
import { countsOf, resultsOf, runTool, troubleOf } from './tool.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
/** Everything that decides what a prepared machine looks like, beside its disks: the tool as built, what it brings, this recipe. */
const INPUTS = ['dist', 'assets', 'playbooks', 'docs/examples/site']
const RECIPE = ['prepared.ts', 'site.ts', 'tool.ts']
/** One name for all, so that the site's paths are the same in each. */
const NAME = 'test'

export const say = (line: string) => console.log(line)

async function inputsDigest(): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of INPUTS) {
    const entries = await readdir(join(PROJECT, folder), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.sort()) hash.update(`${file}\0`).update(await readFile(file))
  }
  for (const name of RECIPE) hash.update(await readFile(new URL(name, import.meta.url)))
  return hash.digest('hex')
}

/** A machine with the site beside it. */
export interface Prepared {
  vm: Vm
  site: Site
}

/** A fresh LabOS 8 with nothing done to it. */
export async function freshMachine(distro: Distro, variant: Variant): Promise<Prepared> {
  const vm = await startVm({ name: NAME, distro, variant, onProgress: say })
  await vm.waitForSsh()
  return { vm, site: await makeSite(join(vm.files.dir, 'site'), distro) }
}

/**
 * What an operator would have done to the machine before: a configuration that must survive.
 */
export const customise = (vm: Vm) =>
  vm.ssh(`sed -i 's/threads=8/threads=12/' /etc/webapp.conf && echo 'kept = yes' >>/etc/webapp.conf`)

/** A check tells what it can't know yet; then everything is prepared and frozen, packages shown; a second time changes nothing. */
async function prepare(vm: Vm, site: Site): Promise<void> {
  await customise(vm)
  const blank = await runTool(vm, site.upgrade, '--check', '--diff')
  expect(blank.code, troubleOf(blank)).toBe(0)
  expect(resultsOf(blank).get('stage_transaction')).toMatchObject({
    status: 'deferred',
    message: expect.stringContaining('known after'),
  })
  const all = await runTool(vm, site.prepare, '--diff')
  expect(all.code, troubleOf(all)).toBe(0)
  const [packages] = resultsOf(all).get('stage_transaction')?.diff ?? []
  const items = packages?.kind === 'items' ? packages : undefined
  expect(items?.added.join('\n')).toMatch(/modern-tool/)
  expect(items?.removed.join('\n')).toMatch(/gone-tool/)
  expect(items?.changed.join('\n')).toMatch(/webapp/)
  expect(countsOf(await runTool(vm, site.prepare))).toMatchObject({ changed: 0, failed: 0 })
}

/** The stage `prepared` of a variant: everything is frozen and tested, nothing is armed. Out of the cache, or made now. */
export async function preparedStage(distro: Distro, variant: Variant): Promise<Base> {
  const from = await ensureVmImage(distro, variant, say)
  const start = (base: Base) => startVm({ name: NAME, distro, from: base, onProgress: say })
  return ensureStage({ name: `prepared-${variant}`, from, inputs: [await inputsDigest()] }, start, async (vm) => {
    await vm.waitForSsh()
    await prepare(vm, await makeSite(join(vmFiles(NAME).dir, 'site'), distro))
  })
}

/** A machine that runs LabOS 8 with everything frozen. */
export async function preparedMachine(variant: Variant = 'plain'): Promise<Prepared & { distro: Distro }> {
  const distro = await ensureDistro(say)
  const from = await preparedStage(distro, variant)
  const vm = await startVm({ name: NAME, distro, from, onProgress: say })
  await vm.waitForSsh()
  return { distro, vm, site: await makeSite(join(vm.files.dir, 'site'), distro) }
}
