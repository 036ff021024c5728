import { expect, test } from 'vitest'
import { RemoteError } from '../../../../src/remote/types.ts'
import type { HostBoots, HostHandle, LogPart } from '../../../../src/tasks/contract.ts'
import { keepImageLog } from '../../../../src/tasks/upgrade/image-log/keep.ts'

const PART: LogPart = { name: 'n', bytes: 1, text: 'x\n', cut: false }

function host(signal = new AbortController().signal) {
  const lacked: string[] = []
  const boots = {
    keepLog: async () => '/kept.log',
    lackLog: (why: string) => void lacked.push(why),
  } as Partial<HostBoots> as HostBoots
  return { handle: { boots, signal } as Partial<HostHandle> as HostHandle, lacked }
}

const clock = { sleep: async () => {} }

const lost = new RemoteError('lost', 'web1', 'the connection was lost')

test('a link that is lost once costs nothing', async () => {
  const { handle, lacked } = host()
  let tries = 0
  const read = async () => {
    if (++tries === 1) throw lost
    return [PART]
  }
  expect(await keepImageLog(handle, { read }, clock)).toBe('/kept.log')
  expect([tries, lacked]).toEqual([2, []])
})

test('one that is lost again is told, and no error', async () => {
  const { handle, lacked } = host()
  expect(await keepImageLog(handle, { read: () => Promise.reject(lost) }, clock)).toBeUndefined()
  expect(lacked).toEqual(['the connection was lost'])
})

test('a host without a log is told', async () => {
  const { handle, lacked } = host()
  expect(await keepImageLog(handle, { read: async () => [] }, clock)).toBeUndefined()
  expect(lacked).toEqual(['the host has none'])
})

test('an operator who cancels is not kept waiting', async () => {
  const { handle, lacked } = host(AbortSignal.abort())
  const aborted = new RemoteError('aborted', 'web1', 'cancelled by the operator')
  expect(await keepImageLog(handle, { read: () => Promise.reject(aborted) }, clock)).toBeUndefined()
  expect(lacked).toEqual(['cancelled by the operator'])
})

test('a bug is not hidden', async () => {
  await expect(
    keepImageLog(host().handle, { read: () => Promise.reject(new TypeError('a bug')) }, clock),
  ).rejects.toThrow('a bug')
})

test('a host that was lost is waited for, so that the step can go on with it', async () => {
  const { handle } = host()
  let away = 5
  const reach = async () => {
    if (away-- > 0) throw new RemoteError('unreachable', 'web1', 'connection refused')
  }
  await keepImageLog(handle, { read: () => Promise.reject(lost), reach }, clock)
  expect(away).toBeLessThan(0)
})

test('but not for ever, and not for somebody else', async () => {
  let looks = 0
  const away = (kind: 'unreachable' | 'host_key') => async () => {
    looks++
    throw new RemoteError(kind, 'web1', kind)
  }
  await keepImageLog(host().handle, { read: () => Promise.reject(lost), reach: away('unreachable') }, clock)
  expect(looks).toBe(40)
  looks = 0
  await keepImageLog(host().handle, { read: () => Promise.reject(lost), reach: away('host_key') }, clock)
  expect(looks).toBe(2)
})
