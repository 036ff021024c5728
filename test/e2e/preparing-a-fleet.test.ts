import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  applied,
  brokenHosts,
  checkWroteNothing,
  imagesHoldAll,
  oldBootUntouched,
  oneEntryMore,
} from '../../lab/demo/claims.ts'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import { demoHosts } from '../../lab/fleet/plan.ts'
import { hostTree, type Tree } from '../../lab/fleet/tree.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { CANCEL, type Ended, INITRAMFS, Workspace } from './cli.ts'
import { grubEnvironment, leftovers, oldBoot } from './host-state.ts'

// The main path from a pristine fleet to a cancelled upgrade, with every special host in it.

const HEALTHY = ['web1', 'lvm1', 'req1']
let fleet: Fleet
let work: Workspace
let pristine: ReadonlyMap<string, Tree>
let oldBoots: string[]

const initramfs = (...more: string[]) => ['-i', fleet.inventoryPath, INITRAMFS, ...more]
const cancel = (...more: string[]) => ['-i', fleet.inventoryPath, CANCEL, '--yes', ...more]
const bootsOf = (hosts: readonly string[]) => Promise.all(hosts.map((host) => oldBoot(fleet, host)))

async function trees(): Promise<Map<string, Tree>> {
  const up = fleet.hosts.filter(({ kind }) => kind !== 'down')
  return new Map(await Promise.all(up.map(async ({ name }) => [name, await hostTree(fleet.files, name)] as const)))
}

/** A run in the demo's terms: the claims are the same ones. */
function asRun(title: string, { code, stdout, stderr, recap }: Ended) {
  return { title, exitCode: code ?? 255, seconds: 0, output: stdout + stderr, recap }
}

function hold(claims: readonly { text: string; against: readonly string[] }[]): void {
  expect(claims.filter(({ against }) => against.length > 0)).toEqual([])
}

beforeAll(async () => {
  work = await Workspace.make()
  fleet = await startFleet({ name: 'e2e-prepare', hosts: demoHosts(1) })
  pristine = await trees()
  oldBoots = await bootsOf(HEALTHY)
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

describe('the playbook initramfs.yml', () => {
  test('in check mode shows what is to do and writes nothing on any host', async () => {
    const check = await work.run(initramfs('--check', '--diff'))
    hold(checkWroteNothing(fleet, asRun('check', check), pristine, await trees()))
    hold(brokenHosts(asRun('check', check)))
    expect(check.stderr).toBe('')
  })

  test('applied, prepares each healthy host and leaves what boots now alone', async () => {
    const apply = await work.run(initramfs())
    hold([applied(fleet, asRun('apply', apply), true), ...brokenHosts(asRun('apply', apply))])
    hold([oldBootUntouched(pristine, await trees()), await imagesHoldAll(fleet), await oneEntryMore(fleet)])
    expect(await bootsOf(HEALTHY)).toEqual(oldBoots)
    for (const host of [...HEALTHY, 'small1', 'conflict1']) expect(await leftovers(fleet, host)).toEqual([])
  })

  test('wrote down each intent and its outcome', async () => {
    const events = await work.journal((await work.runs()).at(-1) as string)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['run_started', 'run_finished'])
    const key = (event: RunEvent & { type: 'intent' | 'outcome' }) =>
      [event.host, event.play, event.step, event.item].join()
    const intents = events.filter((event) => event.type === 'intent')
    const outcomes = events.filter((event) => event.type === 'outcome')
    expect(intents).toHaveLength(6 * HEALTHY.length)
    expect(outcomes.map(key).sort()).toEqual(intents.map(key).sort())
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
  })

  test('applied again, changes nothing, and a check after it is clean', async () => {
    const before = await trees()
    const again = await work.run(initramfs())
    hold([applied(fleet, asRun('again', again), false), ...brokenHosts(asRun('again', again))])
    const check = await work.run(initramfs('-l', 'healthy', '--check', '--detailed-exitcode'))
    expect(check.code, check.stdout).toBe(0)
    hold(
      checkWroteNothing(fleet, asRun('check', check), before, await trees())
        .slice(1)
        .map(onlyTheLock),
    )
  })

  test('arms for one boot when asked, and disarms', async () => {
    const armed = await work.run(initramfs('-l', 'web1', '--yes', '-e', 'rehearse=true'))
    expect([armed.code, armed.recap.get('web1')?.changed], armed.stdout).toEqual([0, 1])
    const saved = (await grubEnvironment(fleet, 'web1')).saved_entry
    expect((await grubEnvironment(fleet, 'web1')).next_entry).toBe('upgrade-push')
    const again = await work.run(initramfs('-l', 'web1', '--yes', '-e', 'rehearse=true'))
    expect([again.code, again.recap.get('web1')?.changed], again.stdout).toEqual([0, 0])
    const check = await work.run(initramfs('-l', 'web1', '--check', '--detailed-exitcode', '-e', 'rehearse=false'))
    expect([check.code, (await grubEnvironment(fleet, 'web1')).next_entry]).toEqual([3, 'upgrade-push'])
    const disarmed = await work.run(initramfs('-l', 'web1', '-e', 'rehearse=false'))
    expect([disarmed.code, disarmed.recap.get('web1')?.changed], disarmed.stdout).toEqual([0, 1])
    const after = await grubEnvironment(fleet, 'web1')
    expect([after.next_entry ?? '', after.saved_entry]).toEqual(['', saved])
    expect(await bootsOf(['web1'])).toEqual(oldBoots.slice(0, 1))
  })

  test('puts back what somebody damaged', async () => {
    const damage =
      'printf x >>/boot/vmlinuz-upgrade.x86_64; sed -i s/^options.*/options\\ quiet/ /boot/loader/entries/upgrade-push.conf'
    await fleet.exec('web1', ['sh', '-c', damage])
    const check = await work.run(initramfs('-l', 'web1', '--check', '--detailed-exitcode'))
    // The entry is looked at once the kernel that it names is right again.
    const counts = check.recap.get('web1')
    expect([check.code, counts?.changed, counts?.deferred], check.stdout).toEqual([3, 1, 1])
    const repaired = await work.run(initramfs('-l', 'web1'))
    expect([repaired.code, repaired.recap.get('web1')?.changed], repaired.stdout).toEqual([0, 2])
    expect((await work.run(initramfs('-l', 'web1', '--check', '--detailed-exitcode'))).code).toBe(0)
  })
})

describe('the playbook cancel.yml', () => {
  test('takes everything away again, armed or not, and a check after it is clean', async () => {
    await work.run(initramfs('-l', 'web1', '--yes', '-e', 'rehearse=true'))
    const done = await work.run(cancel('-l', 'healthy'))
    expect(done.code, done.stdout + done.stderr).toBe(0)
    expect(await bootsOf(HEALTHY)).toEqual(oldBoots)
    const list = 'ls -A /boot /boot/loader/entries; ls -A /var/lib/upgrade-push; find / -xdev -name "*.rpmsave"'
    for (const host of HEALTHY) {
      expect((await fleet.exec(host, ['sh', '-c', list])).stdout).not.toMatch(
        /upgrade\b|target|artifacts|stage|request|jobs|dnf/,
      )
      expect((await grubEnvironment(fleet, host)).next_entry ?? '').toBe('')
      expect(await leftovers(fleet, host)).toEqual([])
    }
    const check = await work.run(cancel('-l', 'healthy', '--check', '--detailed-exitcode'))
    expect(check.code, check.stdout).toBe(0)
  })
})

/** An apply takes the lock, whose files come and go, and a query of the RPM database touches its index in memory; nothing else may differ. */
function onlyTheLock({ text, against }: { text: string; against: string[] }): { text: string; against: string[] } {
  const lock = /: \/var\/lib(\/upgrade-push(\/(lock|token|mutex))?|\/rpm\/rpmdb\.sqlite-(shm|wal))?$/
  return { text, against: against.filter((line) => !lock.test(line)) }
}
