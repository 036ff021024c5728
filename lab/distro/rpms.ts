import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../command.ts'
import { type AddedFile, addedFiles, SKELETON } from './content.ts'
import { type FileLists, listOf, quotePath, shareOut } from './filelist.ts'
import { layOutKernel } from './kernel.ts'
import { leafPackages } from './leaves.ts'
import { kernelPackages, type PackageSpec, systemPackages } from './packages.ts'
import type { Release } from './release.ts'
import { signRpms } from './signing-key.ts'
import { renderSpec } from './spec.ts'

function addFile(root: string, file: AddedFile): void {
  const full = root + file.path
  mkdirSync(dirname(full), { recursive: true })
  rmSync(full, { force: true })
  if (file.link) symlinkSync(file.text, full)
  else {
    writeFileSync(full, file.text)
    chmodSync(full, file.mode ?? 0o644)
  }
}

/** Gives each added file to its own package and takes it from whichever had it. */
function listAdded(lists: FileLists, added: readonly AddedFile[]): void {
  const paths = new Set(added.map((file) => quotePath(file.path)))
  for (const [rpm, lines] of lists)
    lists.set(
      rpm,
      lines.filter((line) => !paths.has(line.slice(line.indexOf('"')))),
    )
  for (const file of added) {
    const config = file.path.startsWith('/etc/') && !file.link ? '%config(noreplace) ' : ''
    listOf(lists, file.rpm).push(`${config}${quotePath(file.path)}`)
  }
}

export interface RepoInputs {
  release: Release
  /** The unpacked Debian tree and kernel; left as they are. */
  tree: string
  kernel: string
  publicKey: string
  secretKey: string
  /** Scratch folder on the same filesystem, and the folder that becomes the repository. */
  work: string
  repo: string
}

/**
 * Repackages a Debian tree as signed RPMs in a dnf repository.
 *
 * @returns the kernel's release, as `uname -r` will say it.
 */
export async function buildRepo(inputs: RepoInputs): Promise<string> {
  const { release, work, repo } = inputs
  await rm(work, { recursive: true, force: true })
  await mkdir(join(work, 'lists'), { recursive: true })
  await mkdir(repo, { recursive: true })
  const root = join(work, 'tree')
  await run(['cp', '-a', inputs.tree, root])

  const lists = shareOut(root)
  const { kver, lists: kernelLists } = await layOutKernel(inputs.kernel, root)
  const leaves = leafPackages(release)
  const added = [...addedFiles(release, await readFile(inputs.publicKey, 'utf8')), ...leaves.files]
  for (const file of added) addFile(root, file)
  listAdded(lists, added)
  listOf(lists, 'labos-base').push(...SKELETON)
  await mkdir(join(root, 'var/lib/rpm'), { recursive: true })

  const specs: PackageSpec[] = [
    ...systemPackages(release, lists.keys()),
    ...kernelPackages(release, kver),
    ...leaves.specs,
  ]
  const listFile = (rpm: string) => join(work, 'lists', rpm)
  for (const { name } of specs) {
    const lines = lists.get(name) ?? kernelLists.get(name) ?? []
    writeFileSync(listFile(name), `${lines.join('\n')}\n`)
  }
  const spec = join(work, 'labos.spec')
  writeFileSync(spec, renderSpec(root, specs, listFile))
  await run(
    [
      'rpmbuild',
      '-bb',
      '--quiet',
      ...['--define', `_topdir ${join(work, 'top')}`, '--define', `_dbpath ${join(work, 'rpmdb')}`],
      ...['--define', `_rpmdir ${repo}`, '--define', '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm'],
      spec,
    ],
    { env: { ...process.env, HOME: work } },
  )
  const rpms = (await readdir(repo)).filter((name) => name.endsWith('.rpm')).map((name) => join(repo, name))
  await signRpms(rpms, inputs.secretKey)
  await run(['createrepo_c', '--quiet', repo])
  await rm(work, { recursive: true, force: true })
  return kver
}
