import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { Distro } from '../../../../lab/distro/distro.ts'
import type { Vm } from '../../../../lab/vm/vm.ts'
import { editEntry } from '../boots.ts'
import { preparedMachine } from '../prepared.ts'
import type { Site } from '../site.ts'
import { runTool, troubleOf } from '../tool.ts'
import { packagesOf } from '../upgraded.ts'
import { armedAndBroken, expectAsBefore, expectOldSystem } from './outcomes.ts'
import { fault } from './table.ts'

const STATE = '/var/lib/upgrade-push'
/** Of the frozen packages, one that the transaction can't do without. */
const PACKAGE = `${STATE}/packages/webapp-2.0-1.lab9.noarch.rpm`
const BACK = 'reported on the console and in `result.json`; the old system by itself, nothing changed'

// Each ends on the old system with everything still prepared: what was broken is mended, and the next is armed.
describe('before the first change', () => {
  let vm: Vm
  let site: Site
  let distro: Distro
  let packages: string[]

  beforeAll(async () => {
    ;({ vm, site, distro } = await preparedMachine())
    packages = await packagesOf(vm)
  })
  afterAll(async () => {
    await vm?.stop()
  })

  fault('kernel panic in the image', 'the old system by itself (`panic=`), nothing changed', async () => {
    const trip = await armedAndBroken(vm, site, () => editEntry(vm, 's/panic=30/panic=5 rdinit=\\/gone/'))
    expect(trip.console).toMatch(/Kernel panic - not syncing/)
    await expectAsBefore(vm, distro, packages)
  })

  fault('wrong root=', `${BACK} (on the console only: there is nothing to write on)`, async () => {
    const trip = await armedAndBroken(vm, site, () =>
      editEntry(vm, 's/root=LABEL=[^ ]*/root=LABEL=gone rd.timeout=20/'),
    )
    expect(trip.console).toMatch(/^upgrade-push: \S+ failed .*root=LABEL=gone/m)
    await expectAsBefore(vm, distro, packages)
  })

  fault('a package of the frozen set is missing', BACK, async () => {
    await armedAndBroken(vm, site, () => vm.ssh(`mv ${PACKAGE} /root/`))
    const result = await expectOldSystem(vm, distro, packages)
    await vm.ssh(`mv /root/${PACKAGE.replace(/.*\//, '')} ${STATE}/packages/`)
    expect(result).toMatchObject({ outcome: 'failed', step: 'checks', changed: false })
    expect(result.message).toContain('webapp-2.0-1.lab9.noarch.rpm')
  })

  fault('a package of the frozen set is damaged', BACK, async () => {
    // As a bad disk would: same size, same times.
    await armedAndBroken(vm, site, () =>
      vm.ssh(`cp -p ${PACKAGE} /root/whole.rpm && printf X | dd of=${PACKAGE} bs=1 seek=2000 conv=notrunc status=none &&
        touch -r /root/whole.rpm ${PACKAGE}`),
    )
    const result = await expectOldSystem(vm, distro, packages)
    await vm.ssh(`mv /root/whole.rpm ${PACKAGE}`)
    expect(result).toMatchObject({ outcome: 'failed', step: 'checks', changed: false })
    expect(result.message).toContain('webapp-2.0-1.lab9.noarch.rpm')
  })

  fault('the plan changed after the dry run', BACK, async () => {
    await armedAndBroken(vm, site, () =>
      vm.ssh(`cp -p ${STATE}/transaction.json /root/ && sed -i 's/gone-tool/webapp/' ${STATE}/transaction.json`),
    )
    const result = await expectOldSystem(vm, distro, packages)
    await vm.ssh(`mv /root/transaction.json ${STATE}/`)
    expect(result).toMatchObject({ outcome: 'failed', step: 'checks', changed: false })
    expect(result.message).toContain('transaction.json')
  })

  fault('the root is full', BACK, async () => {
    await armedAndBroken(vm, site, () =>
      vm.ssh(`free=$(df --output=avail -B1 / | tail -n 1); fallocate -l $((free - 20000000)) /root/filler && sync`),
    )
    const result = await expectOldSystem(vm, distro, packages)
    await vm.ssh('rm /root/filler')
    expect(result).toMatchObject({ outcome: 'failed', changed: false })
    expect(`${result.message} ${result.lines?.join(' ')}`).toMatch(/space/)
  })

  // The last one: what was frozen is not for these packages any more.
  fault('packages changed after the dry run', BACK, async () => {
    await armedAndBroken(vm, site, () => vm.ssh('rpm -e labos-motd'))
    expect(await packagesOf(vm)).toEqual(packages.filter((name) => !name.startsWith('labos-motd-')))
    const result = await expectOldSystem(vm, distro, await packagesOf(vm))
    await vm.ssh('dnf -y -q install labos-motd')
    expect(result).toMatchObject({ outcome: 'failed', changed: false })
    const check = await runTool(vm, site.upgrade, '--check')
    expect(check.code, troubleOf(check)).toBe(0)
  })
})
