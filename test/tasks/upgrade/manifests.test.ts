import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, digestOf, sha256 } from '../../../src/tasks/upgrade/digest.ts'
import { readManifest, stageManifest } from '../../../src/tasks/upgrade/manifests.ts'

const STAGE = {
  version: 1,
  digest: sha256('x'),
  dracut: ['90sys-upgrade'],
  kernel: [],
  units: ['upgrade-mounts.target'],
  sources: [],
  stagedAt: '2030-01-01T00:00:00Z',
}

describe('readManifest', () => {
  test('reads what a host wrote', () => {
    expect(readManifest(stageManifest, `${JSON.stringify(STAGE)}\n`)).toMatchObject({ kind: 'present', value: STAGE })
  })
  test('nothing and white space are an absent manifest', () => {
    expect(readManifest(stageManifest, undefined)).toEqual({ kind: 'absent' })
    expect(readManifest(stageManifest, ' \n')).toEqual({ kind: 'absent' })
  })
  test('says what is wrong with any other', () => {
    expect(readManifest(stageManifest, '{"version":1')).toEqual({ kind: 'unreadable', why: 'it is not JSON' })
    const short = readManifest(stageManifest, JSON.stringify({ ...STAGE, digest: 'abc' }))
    expect(short).toMatchObject({ kind: 'unreadable', why: expect.stringMatching(/^digest: /) })
    expect(readManifest(stageManifest, JSON.stringify({ ...STAGE, version: 2 }))).toMatchObject({ kind: 'unreadable' })
  })
  test('never throws, whatever a host sends', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => readManifest(stageManifest, text).kind !== 'present'),
    )
  })
})

describe('digestOf', () => {
  test('does not depend on the order of keys, but on that of lists', () => {
    expect(digestOf({ a: 1, b: [1, 2] })).toBe(digestOf({ b: [1, 2], a: 1 }))
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
    expect(digestOf({ a: undefined })).toBe(digestOf({}))
  })
  test('canonical JSON says the same as the value', () => {
    const same = (value: unknown): void => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }
    fc.assert(fc.property(fc.jsonValue(), same))
  })
})
