import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../command.ts'
import { withLock } from '../lock.ts'
import { cacheRoot } from '../paths.ts'
import { buildOnce, digest, removeScratch, sourcesDigest } from './cache.ts'
import { RELEASES, type Release } from './release.ts'
import { installRoot } from './root.ts'
import { buildRepo } from './rpms.ts'
import { makeSigningKey } from './signing-key.ts'

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.sh', import.meta.url))

/** LabOS 8 and 9, built. All paths are absolute and must be treated as read-only. */
export interface Distro {
  /** Digest of the inputs; the name of `cacheDir`. */
  key: string
  cacheDir: string
  /** An installed LabOS 8: the lower layer of every host. */
  root8: string
  /** vmlinuz-<kver>, initramfs-<kver>.img and .vmlinuz-<kver>.hmac of LabOS 8, as they lie in a host's /boot. */
  boot8: string
  /** dnf repositories of signed packages: folders with repodata/. */
  repo8: string
  repo9: string
  /** Public key that signed the packages (armoured); in LabOS itself at /etc/pki/rpm-gpg/RPM-GPG-KEY-labos. */
  gpgKey: string
  /** Its secret half (armoured): with `signRpms` a test makes packages that LabOS trusts. */
  signingKey: string
  /** What `uname -r` says on each release. */
  kernel8: string
  kernel9: string
}

export type OnProgress = (line: string) => void

async function describe(cacheDir: string, key: string): Promise<Distro> {
  const kernels = JSON.parse(await readFile(join(cacheDir, 'kernels.json'), 'utf8')) as Record<'8' | '9', string>
  return {
    key,
    cacheDir,
    root8: join(cacheDir, 'root8'),
    boot8: join(cacheDir, 'boot8'),
    repo8: join(cacheDir, 'repo8'),
    repo9: join(cacheDir, 'repo9'),
    gpgKey: join(cacheDir, 'RPM-GPG-KEY-labos'),
    signingKey: join(cacheDir, 'signing-key.asc'),
    kernel8: kernels['8'],
    kernel9: kernels['9'],
  }
}

/** Waits for all, so that nothing still runs when the first failure is thrown. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = await Promise.allSettled(items.map(work))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** The Debian tree and kernel of a release, kept apart from what is made of them: a change to the recipe needs no download. */
async function bootstrap(release: Release, onProgress: OnProgress): Promise<string> {
  const debs = release.debs.join(',')
  const key = digest(await readFile(BOOTSTRAP, 'utf8'), release.suite, debs)
  return buildOnce(join(cacheRoot(), 'debian', `${release.suite}-${key}`), async (scratch) => {
    onProgress(`LabOS ${release.version}: fetching Debian ${release.suite} (about a minute)`)
    await run([BOOTSTRAP, release.suite, join(scratch, 'tree'), join(scratch, 'kernel'), debs])
  })
}

async function build(scratch: string, onProgress: OnProgress): Promise<void> {
  const keys = await makeSigningKey(scratch)
  const kernels = await inParallel(RELEASES, async (release) => {
    const v = release.version
    const debian = await bootstrap(release, onProgress)
    onProgress(`LabOS ${v}: building and signing RPMs`)
    const kver = await buildRepo({
      release,
      tree: join(debian, 'tree'),
      kernel: join(debian, 'kernel'),
      ...keys,
      work: join(scratch, `work${v}`),
      repo: join(scratch, `repo${v}`),
    })
    if (v === '8') {
      onProgress('LabOS 8: installing the root of the hosts with dnf')
      const work = join(scratch, 'work-root')
      await installRoot(join(scratch, 'root8'), join(scratch, 'boot8'), join(scratch, 'repo8'), keys.publicKey, work)
      await rm(work, { recursive: true })
    }
    return [v, kver] as const
  })
  await writeFile(join(scratch, 'kernels.json'), JSON.stringify(Object.fromEntries(kernels)))
}

/** Older builds go once `inUse` says that no fleet stands on them. */
async function prune(root: string, keep: string, inUse: (key: string) => Promise<boolean>): Promise<void> {
  for (const name of await readdir(root)) {
    if (name === keep || !/^labos-/.test(name) || (await inUse(name))) continue
    await rm(join(root, name), { recursive: true, force: true })
  }
}

/**
 * Builds LabOS 8 and 9, or finds them in the cache (milliseconds). The first build takes one to three minutes and needs the
 * machine's Debian mirror; it needs no network afterwards.
 *
 * @param onProgress gets one line per step.
 * @param inUse tells whether a running fleet uses an older build, by its folder's name; the others are removed after a new build.
 * @throws Error when not root, or CommandError from the tool that failed.
 */
export async function ensureDistro(
  onProgress: OnProgress,
  inUse: (key: string) => Promise<boolean> = async () => true,
): Promise<Distro> {
  const root = cacheRoot()
  const key = `labos-${await sourcesDigest()}`
  const cacheDir = join(root, key)
  if (!existsSync(cacheDir)) {
    if (process.getuid?.() !== 0)
      throw new Error('the lab needs root: it mounts, makes namespaces and installs packages')
    const begun = Date.now()
    const timed: OnProgress = (line) =>
      onProgress(`[${((Date.now() - begun) / 1000).toFixed(0).padStart(3)} s] ${line}`)
    await withLock(
      root,
      () => timed('waiting for another build to end'),
      async () => {
        for (const parent of [root, join(root, 'debian')]) await removeScratch(parent)
        await buildOnce(cacheDir, (scratch) => build(scratch, timed))
        await prune(root, key, inUse)
      },
    )
    timed('LabOS 8 and 9 are built')
  }
  return describe(cacheDir, key)
}
