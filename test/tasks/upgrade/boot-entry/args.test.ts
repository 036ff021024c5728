import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryArgs, forbiddenArgs } from '../../../../src/tasks/upgrade/boot-entry-args.ts'
import { parseCmdline } from '../../../../src/tasks/upgrade/kernel-cmdline.ts'

const asked = (...values: string[]) => values.map((value) => ({ value, by: ['play'] }))
const nothing = { add: [], remove: [] }

const FULL =
  'root=/dev/mapper/vg-root ro crashkernel=auto resume=/dev/mapper/vg-swap rd.lvm.lv=vg/root rd.lvm.lv=vg/swap rd.luks.uuid=luks-1 ' +
  'enforcing=1 init=/bin/systemd rdinit=/sbin/init systemd.unit=rescue.target rhgb quiet panic=60 console=ttyS0,115200'

describe('the arguments of the entry', () => {
  test('keep what leads to the root and drop what would be in the way', () => {
    const { options } = entryArgs(FULL, nothing, [])
    expect(options).toBe(
      'root=/dev/mapper/vg-root ro crashkernel=auto console=ttyS0,115200 enforcing=0 rd.plymouth=0 plymouth.enable=0 ' +
        'rd.systemd.unit=upgrade.target consoleblank=0 panic=30 rd.shell=0 rd.emergency=reboot',
    )
  })

  test('give a reason for each argument that came or went', () => {
    const { added, removed } = entryArgs(FULL, { add: asked('debug'), remove: asked('crashkernel') }, [])
    expect(added).toContainEqual({ arg: 'debug', reason: 'asked for by play' })
    expect(removed).toContainEqual({ arg: 'crashkernel=auto', reason: 'removed by play' })
    expect(removed.map(({ arg }) => arg)).toContain('rd.lvm.lv=vg/swap')
    expect([...added, ...removed].every(({ reason }) => reason.length > 5)).toBe(true)
  })

  test('removing beats adding, by key and by key and value', () => {
    const request = { add: asked('debug', 'ip=dhcp', 'ip=off'), remove: asked('debug', 'ip=off') }
    expect(entryArgs('root=x', request, []).options).toMatch(/ ip=dhcp$/)
  })

  test('what init was given is no business of the image', () => {
    expect(entryArgs('root=x -- single', nothing, []).options).not.toMatch(/--|single/)
  })

  test('a break point takes the unattended arguments away', () => {
    const { options } = entryArgs('root=x panic=5', { add: asked('rd.break=pre-pivot'), remove: [] }, [])
    expect(options).not.toMatch(/rd\.shell|rd\.emergency|panic=30/)
    expect(options).toContain('rd.break=pre-pivot')
  })

  test('an earlier identity gives way', () => {
    const { options } = entryArgs('root=x rd.upgrade.run=old', nothing, ['rd.upgrade.run=new'])
    expect(options).toContain('rd.upgrade.run=new')
    expect(options).not.toContain('rd.upgrade.run=old')
  })

  test('what is ours can’t be asked away', () => {
    expect(forbiddenArgs({ add: asked('rd.upgrade.image=0'), remove: asked('rd.systemd.unit') })).toEqual([
      'play adds rd.upgrade.image=0',
      'play removes rd.systemd.unit',
    ])
  })
})

const arg = fc.stringMatching(/^[a-e]{1,2}(=[0-9])?$/)

test('composing again from the result changes nothing, and no argument stands twice', () => {
  fc.assert(
    fc.property(fc.uniqueArray(arg), fc.array(arg), fc.array(arg), (base, add, remove) => {
      const request = { add: asked(...add), remove: asked(...remove) }
      const once = entryArgs(base.join(' '), request, []).options
      const words = parseCmdline(once).map(({ text }) => text)
      expect(new Set(words).size).toBe(words.length)
      expect(
        parseCmdline(entryArgs(once, request, []).options)
          .map(({ text }) => text)
          .sort(),
      ).toEqual([...words].sort())
    }),
  )
})
