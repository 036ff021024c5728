import { afterEach, expect, test } from 'vitest'
import { Host, type Loader, NEW, OLD } from './steering.ts'

// The power is cut before each single write, in turn: what boots then is one of two systems, and the same command goes on from there.

const RECOVERY = 'upgrade-push-recovery'
const OLD_ENTRY = `labos-${OLD}`
const NEW_ENTRY = `labos-${NEW}`
const FINISH = ['finish', NEW, '/dev/null', '/dev/null']

let host: Host | undefined
afterEach(() => host?.end())

function cutEverywhere(args: readonly string[], allowed: readonly string[], end: string): void {
  const one = host as Host
  const begin = one.snapshot()
  let at = 1
  const seen = new Set<string | undefined>()
  for (; one.cutOff(args, at); at++) {
    const boots = one.boots()
    expect(allowed, `power cut before write ${at} of ${args[0]}`).toContain(boots)
    seen.add(boots)
    // Every other time is enough to see that it goes on from whatever it finds.
    if (at % 2 === 1) {
      expect(one.steer(args), `again after a power cut before write ${at}`).toMatchObject({ status: 0, stderr: '' })
      expect(one.boots()).toBe(end)
    }
    begin()
  }
  // The cuts did fall before and after the moment that counts.
  expect([...seen].sort()).toEqual([...allowed].sort())
}

const TIME = { timeout: 120_000 }

test.each([undefined, OLD_ENTRY])('systemd-boot: recovery and restore, where %s names the default', TIME, (named) => {
  recoverAndRestore('systemd-boot', named)
})

// Where nothing names it, our entry would come first: nothing is armed then.
test('GRUB: recovery and restore', TIME, () => recoverAndRestore('grub-bls', OLD_ENTRY))

test('systemd-boot: finish, where the distribution wrote the entry and nothing named the default', TIME, () => {
  host = recovering('systemd-boot', undefined)
  host.installKernel(NEW, 'root=LABEL=root enforcing=0')
  cutEverywhere(FINISH, [RECOVERY, NEW_ENTRY], NEW_ENTRY)
})

test('GRUB: finish, where it did not', TIME, () => {
  host = recovering('grub-bls', OLD_ENTRY)
  host.write(`usr/lib/modules/${NEW}/vmlinuz`, 'kernel')
  host.write(`boot/initramfs-${NEW}.img`, 'initramfs')
  cutEverywhere(FINISH, [RECOVERY, NEW_ENTRY], NEW_ENTRY)
})

function recoverAndRestore(loader: Loader, named: string | undefined): void {
  host = new Host(loader, named === undefined ? {} : { default: named })
  host.choose('upgrade-push')
  cutEverywhere(['consumed'], [OLD_ENTRY], OLD_ENTRY)
  expect(host.steer(['consumed']).status).toBe(0)
  cutEverywhere(['recovery'], [OLD_ENTRY, RECOVERY], RECOVERY)
  expect(host.steer(['recovery']).status).toBe(0)
  cutEverywhere(['restore'], [OLD_ENTRY, RECOVERY], OLD_ENTRY)
}

function recovering(loader: Loader, named: string | undefined): Host {
  const one = new Host(loader, named === undefined ? {} : { default: named })
  expect(one.steer(['recovery']).status).toBe(0)
  return one
}
