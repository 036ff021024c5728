import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { cutMiddle, widthOf } from '../../../src/render/tui/layout/width.ts'
import { play, task } from '../bodies.ts'
import { modelOf, shown } from './frames.ts'

/** The rows of these hosts, each unreachable for the same long reason. */
function rows(hosts: readonly string[], columns: number): string[] {
  const message = 'the connection was refused by the host that was asked for it, on its port 22'
  const lost = hosts.map(
    (host): EventBody => ({
      type: 'host_result',
      play: 0,
      batch: 0,
      step: 0,
      host,
      status: 'unreachable',
      message,
      ms: 5,
    }),
  )
  const model = modelOf([...play(hosts, 'Preflight of the host'), task(0, hosts), ...lost])
  return shown(model, {}, { columns, rows: 24 }).filter((line) => /! UNREACH {2}/.test(line))
}

const SITE = ['prod-eu-central-1-web01', 'prod-eu-central-1-web02', 'prod-eu-central-1-db01']

test('names that differ only at their end stand whole at 80 columns, and the last text gives them the room', () => {
  const shownRows = rows(SITE, 80)
  for (const host of SITE) expect(shownRows.some((row) => row.includes(` ${host} `))).toBe(true)
  expect(shownRows[0]).toContain('the ')
  for (const row of shownRows) expect(row.length).toBeLessThanOrEqual(80)
})

test('where there is no room for whole names, their end stays', () => {
  const long = SITE.map((host) => `production-${host}`)
  const shownRows = rows(long, 60)
  expect(shownRows).toHaveLength(3)
  expect(new Set(shownRows.map((row) => row.slice(13, 40))).size).toBe(3)
  for (const end of ['web01', 'web02', 'db01']) expect(shownRows.some((row) => row.includes(`${end} `))).toBe(true)
})

test('the domain that all hosts share goes before anything else', () => {
  const hosts = ['web01', 'web02', 'db01'].map((name) => `${name}.rack7.prod.eu-central-1.example.com`)
  const shownRows = rows([...hosts, 'mail.rack8.prod.eu-central-1.example.com'], 60)
  for (const name of ['web01.rack7~', 'web02.rack7~', 'db01.rack7~', 'mail.rack8~']) {
    expect(shownRows.some((row) => row.includes(` ${name} `))).toBe(true)
  }
})

test('a text is cut in the middle by columns, not by characters', () => {
  expect(cutMiddle('prod-eu-central-1-web04', 16)).toBe('prod-eu-~1-web04')
  expect(cutMiddle('web04', 16)).toBe('web04')
  for (let width = 1; width < 20; width++) {
    const text = cutMiddle('主机名称東京データ中心01', width)
    expect(widthOf(text)).toBeLessThanOrEqual(width)
    if (width > 6) expect(text.endsWith('01')).toBe(true)
  }
})
