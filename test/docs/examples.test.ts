import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadRun } from '../../src/cli/load.ts'
import type { RunOptions } from '../../src/cli/options.ts'
import type { Provides } from '../../src/tasks/contract.ts'
import { createControllerFiles } from '../../src/tasks/controller-files.ts'
import { gatherModulesTask } from '../../src/tasks/upgrade/gather-modules.ts'
import type { GatherLocal } from '../../src/tasks/upgrade/gather-modules-local.ts'
import type { MergedRequest } from '../../src/tasks/upgrade/request.ts'
import { hostFacts } from '../tasks/upgrade/host-facts.ts'

const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url))
const site = `${examples}site`
const own = '/etc/upgrade-push/requests.d/10-local.yml'
const files = createControllerFiles({
  playbookDir: site,
  assetsDir: fileURLToPath(new URL('../../assets', import.meta.url)),
})

/** The request that the examples make together, with the driver's file standing in for the one that a site would bring. */
async function gathered() {
  const { plugin } = await loadRun({
    inventory: ['web1,'],
    playbooks: [`${site}/initramfs.yml`],
    extraVars: [],
    pluginPath: [],
    tags: [],
    skipTags: [],
  } as unknown as RunOptions)
  const rack = plugin('rack_request')
  const told = rack.check({
    args: rack.args.parse({}),
    facts: { rack: 'a1' },
    local: undefined,
    given: {},
    host: 'web1',
    mode: 'check',
    evaluate: () => true,
  })
  const gather = gatherModulesTask
  const args = gather.args.parse({ target_release: '9', networking: 'none' })
  const local = (await gather.load?.(args, files)) as GatherLocal
  return gather.check({
    args,
    facts: {
      host: hostFacts({ os: { id: 'labos', versionId: '8.0', name: 'LabOS 8' } }),
      hostRequests: {
        files: [{ path: own, text: readFileSync(`${examples}host${own}`, 'utf8') }],
        paths: { '/opt/local/80local-tools': 'directory', '/etc/os-release': 'file' },
      },
      previous: { kind: 'absent' },
      network: { links: [], routes: [], rules: 0, profiles: {}, clientIds: {} },
    },
    local: {
      ...local,
      resolve: (path: string) => (path.endsWith('.ko') ? { path: `${site}/${path}` } : { path: files.resolve(path) }),
    },
    given: 'provides' in told ? (told.provides ?? {}) : {},
    host: 'web1',
    mode: 'check',
    evaluate: () => true,
  })
}

test('the driver’s request is one file, for both images', async () => {
  const verdict = await gathered()
  expect(verdict, JSON.stringify(verdict)).toMatchObject({ kind: 'change' })
  const { request } = (verdict as { provides: Provides }).provides as { request: MergedRequest }
  for (const image of [request.upgrade, request.target]) {
    expect(image.kernelModules).toContainEqual({
      value: { name: 'acme_nic', source: { kind: 'controller', path: `${site}/files/acme_nic.ko` } },
      by: ['requests.d/10-driver.yml'],
    })
  }
})

test('each producer is named with what it asked for', async () => {
  const shown = JSON.stringify(await gathered())
  for (const item of [
    'package lvm2 (requests.d/20-banner.yml)',
    'copy of /etc/os-release to /etc/site/old-release (requests.d/20-banner.yml)',
    'kernel argument site.rack=a1 (plugin:rack)',
    'kernel argument site.rack=a1 for the new system (plugin:rack)',
    `dracut module local-tools from /opt/local/80local-tools on the host (host:${own})`,
  ]) {
    expect(shown).toContain(item)
  }
})

test('every example is named in docs/requests.md', () => {
  const page = readFileSync(`${examples}../requests.md`, 'utf8')
  const all = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  const named = all.filter((path) => /\.(yml|mjs)$/.test(path)).map((path) => `examples/${path}`)
  expect(named.filter((path) => !page.includes(path))).toEqual([])
})
