import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../lab/command.ts'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { Workspace } from './cli.ts'
import { CONTAINER_ONLY, put } from './files.ts'
import { leftovers } from './host-state.ts'

// Repositories and packages that are not as they should be: one clear line, no container under a final name, and the next run completes.

let fleet: Fleet
let work: Workspace
let container: string

const args = (...more: string[]) => ['-i', fleet.inventoryPath, container, ...more]
const sh = async (script: string) => (await fleet.exec('pkg1', ['sh', '-ec', script])).stdout.trim()

/** A copy of LabOS 9's repository that a script has worked on; it shares every file that the script does not write anew. */
async function repository(name: string, script: string): Promise<string> {
  const folder = join(work.dir, name)
  await run(['sh', '-ec', `cp -al "$1" "$2"; cd "$2"; ${script}`, 'sh', fleet.distro.repo9, folder])
  return folder
}
const anew = (pattern: string, change: string) =>
  `for f in ${pattern}; do cp "$f" copy; rm "$f"; mv copy "$f"; ${change}; done`
const INDEX = 'cp -r repodata old; rm -r repodata; mv old repodata; createrepo_c -q . >/dev/null'

async function fails(words: RegExp, ...more: string[]): Promise<readonly RunEvent[]> {
  const { code, events, stdout } = await work.run(args('--output', 'json', ...more))
  const bad = events.filter((event) => event.type === 'host_result' && ['failed', 'refused'].includes(event.status))
  expect([code, bad], stdout.slice(-1500)).toEqual([
    2,
    [expect.objectContaining({ message: expect.stringMatching(words) })],
  ])
  await expect(sh('test -e /var/lib/upgrade-push/target.json')).rejects.toThrow(/exit code 1/)
  expect(await leftovers(fleet, 'pkg1')).toEqual([])
  return bad
}

beforeAll(async () => {
  work = await Workspace.make()
  container = await put(work, 'container.yml', CONTAINER_ONLY)
  fleet = await startFleet({ name: 'e2e-packages', hosts: [{ name: 'pkg1', kind: 'plain' }] })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})
// What was downloaded is kept between runs: each situation must meet it anew.
beforeEach(() => sh('rm -rf /var/lib/upgrade-push/dnf /var/cache/dnf'))

describe('a repository', () => {
  test('that is gone', async () => {
    await fleet.repo.stop()
    await fails(/labos.*can't be reached|can't be reached.*labos|can not be reached|repositor/i)
    await fleet.repo.start()
  })

  test('that goes half-way: a package that its index names is missing', async () => {
    await fleet.repo.use(9, await repository('half', 'rm kernel-core-*.rpm'))
    await fails(/kernel-core/)
  })

  test('whose index is damaged', async () => {
    await fleet.repo.use(9, await repository('index', anew('repodata/*primary*', 'printf x >>"$f"')))
    await fails(/labos|metadata|index/i)
  })

  test('that nobody knows', async () => {
    await fails(/no such repository on the host: nope/, '-e', '{"repositories": ["nope"]}')
  })
})

describe('a package', () => {
  test('that is damaged', async () => {
    await fleet.repo.use(
      9,
      await repository(
        'damaged',
        anew('rpm-9*.rpm', 'printf garbage | dd of="$f" bs=1 seek=20000 conv=notrunc 2>/dev/null'),
      ),
    )
    await fails(/rpm-9|damaged|checksum/i)
  })

  test('that is damaged and indexed so', async () => {
    const damage = 'printf garbage | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") - 2000)) conv=notrunc 2>/dev/null'
    await fleet.repo.use(9, await repository('corrupt', `${anew('rpm-9*.rpm', damage)}; ${INDEX}`))
    await fails(/rpm-9|damaged|digest|signature/i)
  })

  test('that nobody signed', async () => {
    await fleet.repo.use(
      9,
      await repository('unsigned', `${anew('rpm-9*.rpm', 'rpmsign --delsign "$f" >/dev/null 2>&1')}; ${INDEX}`),
    )
    await fails(/rpm-9.*not signed|signature|signed/i)
  })

  test('that a request asks for and no repository has', async () => {
    await fleet.repo.use(9, fleet.distro.repo9)
    await sh(
      'mkdir -p /etc/upgrade-push/requests.d; echo "install_rpms: [no-such-thing]" >/etc/upgrade-push/requests.d/a.yml',
    )
    await fails(/no such package: no-such-thing/)
    await sh('rm -r /etc/upgrade-push/requests.d')
  })
})

test('with everything in order again the next run completes, and a container that is there outlives a bad refresh', async () => {
  await fleet.repo.use(9, fleet.distro.repo9)
  const good = await work.run(args())
  expect(good.code, good.stdout).toBe(0)
  const manifest = await sh('sha256sum /var/lib/upgrade-push/target.json')
  await fleet.repo.stop()
  const refresh = await work.run(args('-e', '{"refresh": true}'))
  expect([refresh.code, refresh.stdout]).toEqual([2, expect.stringMatching(/repositories can't be looked at|reached/)])
  expect(await sh('sha256sum /var/lib/upgrade-push/target.json')).toBe(manifest)
  const offline = await work.run(args('--check', '--detailed-exitcode'))
  expect(offline.code, offline.stdout).toBe(0)
  await fleet.repo.start()
})
