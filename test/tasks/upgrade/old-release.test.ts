import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ofRelease, packageName } from '../../../src/tasks/upgrade/old-release.ts'

test.each([
  ['8.10', 'bash-4.4-4.el8.x86_64', 'others'],
  ['8.10', 'nodejs-1:18-1.module+el8.9.0+1.x86_64', 'others'],
  ['8', 'kernel-4.18.0-553.el8_10.x86_64', 'kernels'],
  ['8.0', 'kernel-core-6.1-1.lab8.x86_64', 'kernels'],
  ['8.10', 'kernelshark-1-1.el8.x86_64', 'others'],
  ['8.10', 'bash-5.1-1.el9.x86_64', undefined],
  ['8.10', 'bash-5.1-1.el80.x86_64', undefined],
  ['', 'bash-4.4-4.el8.x86_64', undefined],
] as const)('release %s, %s: %s', (release, nevra, where) => {
  const found = ofRelease(release, [nevra])
  expect({ kernels: found.kernels, others: found.others }).toEqual({
    kernels: where === 'kernels' ? [nevra] : [],
    others: where === 'others' ? [nevra] : [],
  })
})

test('whatever a host names its release and packages, none is told twice', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (release, packages) => {
      const { kernels, others } = ofRelease(release, packages)
      expect(kernels.filter((name) => others.includes(name))).toEqual([])
      for (const name of [...kernels, ...others]) expect(packages).toContain(name)
    }),
  )
})

test('a name may hold dashes', () => {
  expect(packageName('python3-dnf-plugins-core-4.7.0-1.el9.noarch')).toBe('python3-dnf-plugins-core')
})
