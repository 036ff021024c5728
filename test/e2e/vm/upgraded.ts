import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { run } from '../../../lab/command.ts'
import type { Distro } from '../../../lab/distro/distro.ts'
import type { Vm } from '../../../lab/vm/vm.ts'
import { kernelOf, readResult } from './boots.ts'
import { DRIVER, SCRIPT_RUNS } from './site.ts'

interface PlanItem {
  action: 'install' | 'upgrade' | 'downgrade' | 'reinstall' | 'remove' | 'obsoleted'
  nevra: string
  replaces: readonly string[]
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '')

/** `name-[epoch:]version-release.arch` of everything installed, sorted; keys of signatures are no packages. */
export async function packagesOf(vm: Vm): Promise<string[]> {
  const { stdout } = await vm.ssh(`rpm -qa --qf '%{nevra}\\n' | grep -v ^gpg-pubkey`)
  return lines(stdout).sort()
}

const withoutEpoch = (nevra: string) => nevra.replace(/-0:/, '-')

/** What the frozen plan makes of these packages. */
async function plannedPackages(vm: Vm, before: readonly string[]): Promise<string[]> {
  const { items } = JSON.parse((await vm.ssh('cat /var/lib/upgrade-push/result/plan.json')).stdout) as {
    items: PlanItem[]
  }
  const gone = new Set(
    items
      .flatMap(({ action, nevra, replaces }) =>
        action === 'remove' || action === 'obsoleted' ? [nevra, ...replaces] : replaces,
      )
      .map(withoutEpoch),
  )
  const come = items.filter(({ action }) => action !== 'remove' && action !== 'obsoleted').map(({ nevra }) => nevra)
  return [...before.filter((nevra) => !gone.has(withoutEpoch(nevra))), ...come].map(withoutEpoch).sort()
}

/** Names of the files in an image, read on this side: under emulation it takes minutes. */
export async function filesInImage(vm: Vm, path: string): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'upgrade-push-image-'))
  try {
    const image = join(dir, 'image')
    await vm.whileWorking(`fetching ${path}`, {}, (signal) =>
      run(['sh', '-c', 'exec ssh -F "$1" labvm -- cat "$2" >"$3"', 'sh', vm.files.sshConfig, path, image], { signal }),
    )
    return lines((await run(['sh', '-c', 'zstd -dcq "$1" | cpio -it --quiet', 'sh', image])).stdout)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The machine as it was: what must come out of the upgrade the same, and what the plan starts from. */
export interface Before {
  packages: readonly string[]
  machineId: string
  hostKey: string
  webapp: string
}

export async function lookBefore(vm: Vm): Promise<Before> {
  const read = async (path: string) => (await vm.ssh(`cat ${path}`)).stdout
  return {
    packages: await packagesOf(vm),
    machineId: await read('/etc/machine-id'),
    hostKey: await read('/etc/ssh/ssh_host_ed25519_key.pub'),
    webapp: await read('/etc/webapp.conf'),
  }
}

/** LabOS 9 as planned, what was the machine's own as it was, nothing left of the upgrade. */
export async function expectUpgraded(vm: Vm, distro: Distro, before: Before): Promise<void> {
  const sh = async (command: string) => (await vm.ssh(command)).stdout
  expect(await sh('. /etc/os-release; echo "$ID $VERSION_ID"')).toBe('labos 9.0\n')
  expect(await kernelOf(vm)).toBe(distro.kernel9)
  // Nothing that the image or the new system was to start was no program.
  expect(await vm.serial()).not.toMatch(/Failed at step EXEC/)
  const packages = await packagesOf(vm)
  expect(packages.map(withoutEpoch)).toEqual(await plannedPackages(vm, before.packages))
  const names = packages.map((nevra) => nevra.replace(/-[^-]*-[^-]*$/, ''))
  expect(names).toEqual(expect.arrayContaining(['modern-tool', 'webapp']))
  expect(names).not.toContain('legacy-tool')
  expect(names).not.toContain('gone-tool')

  const after = await lookBefore(vm)
  expect(after).toEqual({ ...before, packages: after.packages })
  expect(await sh('cat /etc/webapp.conf.rpmnew')).toContain('threads=9')

  expect(await sh('cat /proc/cmdline')).not.toMatch(/upgrade/)
  expect(await sh('find /boot -iname "*upgrade*"; ls /etc/systemd/system | grep upgrade-resume || :')).toBe('')
  expect(await sh(`systemctl --failed --plain --no-legend; modinfo -F filename ${DRIVER}`)).toMatch(
    new RegExp(`^/\\S*/${distro.kernel9.replace(/[.+]/g, '\\$&')}/\\S*${DRIVER}\\.ko\\S*\\n$`),
  )
  // Each exactly once, whatever happened in between.
  expect(await sh(`cat ${SCRIPT_RUNS}`)).toBe('after-transaction 8 9\nfirst-boot 8 9\n')
  const initrd = (await sh(`find /boot -path '*${distro.kernel9}*' -name 'init*'`)).trim()
  expect((await filesInImage(vm, initrd)).join('\n')).toContain(`${DRIVER}.ko`)
  expect(await readResult(vm)).toMatchObject({
    outcome: 'upgraded',
    changed: true,
    release: { from: '8', to: '9' },
  })
}
