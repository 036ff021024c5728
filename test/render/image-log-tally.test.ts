import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/events/types.ts'
import { ImageLogTally } from '../../src/render/image-log-tally.ts'

type ImageLog = Extract<RunEvent, { type: 'image_log' }>

function tally(...logs: readonly Pick<ImageLog, 'host' | 'path' | 'missing'>[]): ImageLogTally {
  const all = new ImageLogTally()
  for (const log of logs) {
    all.add({ v: 1, seq: 1, t: '', run: 'r', type: 'image_log', play: 0, batch: 0, step: 0, ...log })
  }
  return all
}
const kept = (host: string) => ({ host, path: `/runs/r/image-logs/${host}.log` })

test('one host: its file; many: their folder, in one line', () => {
  expect(tally().lines()).toEqual([])
  expect(tally(kept('web1')).lines()).toEqual(['logs of the upgrade image: /runs/r/image-logs/web1.log'])
  const fleet = Array.from({ length: 300 }, (_, i) => kept(`web${i}`))
  expect(tally(...fleet).lines()).toEqual(['logs of the upgrade image: /runs/r/image-logs/ (300 hosts)'])
})

test('hosts of which none was kept are named, but for those of which an earlier one was', () => {
  const lost = { host: 'web2', missing: 'the link was lost' }
  expect(tally(kept('web1'), kept('web3'), lost).lines()).toEqual([
    'logs of the upgrade image: /runs/r/image-logs/ (2 hosts); not kept of web2',
  ])
  expect(tally(lost).lines()).toEqual(['logs of the upgrade image: not kept of web2'])
  expect(tally(kept('web2'), lost).lines()).toEqual(['logs of the upgrade image: /runs/r/image-logs/web2.log'])
  expect(tally(lost, kept('web2')).pathOf('web2')).toBe('/runs/r/image-logs/web2.log')
})
