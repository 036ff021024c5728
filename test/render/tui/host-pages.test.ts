import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { play, result, task } from '../bodies.ts'
import { modelOf, runStarted, shown } from './frames.ts'

const hosts = ['web1', 'web2', 'web3']
const failing = (stdout: string, stderr: string) => [
  ...play(hosts, 'build'),
  task(0, hosts),
  result(0, 'web1', 'failed', { message: 'exit code 3: no such file', result: { rc: 3, stdout, stderr } }),
]
const log = (bodies: readonly EventBody[]) =>
  shown(modelOf(bodies), { page: 'log', selected: 'web1', scroll: 0 }, { rows: 60 })

test('the log of a host has what a command that failed wrote, indents and all', () => {
  expect(log(failing('one\n  two\n', 'no \x1b[31msuch file')).join('\n')).toContain(
    [
      '[build] failed: exit code 3: no such file',
      '[stdout]',
      '| one',
      '|   two',
      '[stderr]',
      '| no \\x1b[31msuch file',
    ].join('\n'),
  )
})

test('of much output the last lines are there, and that they are', () => {
  const lines = log(failing(Array.from({ length: 90 }, (_, i) => `line ${i + 1}`).join('\n'), ''))
  expect(lines.filter((line) => line.startsWith('| ')).map((line) => line.trim())).toEqual(
    Array.from({ length: 20 }, (_, i) => `| line ${i + 71}`),
  )
  expect(lines.join('\n')).toContain('[stdout] (last 20 lines)')
})

test('what a command that did not fail wrote is not in it', () => {
  const fine = result(0, 'web1', 'changed', { message: 'runs it', result: { rc: 0, stdout: 'hello', stderr: '' } })
  expect(log([...play(hosts, 'build'), task(0, hosts), fine]).join('\n')).not.toContain('hello')
})

test("the page of a host tells where its log is, whatever the host's name", () => {
  const path = '/state/runs/20261123T050000Z-test'
  const page = (host: string) =>
    shown(modelOf([{ ...runStarted, journal: `${path}/events.ndjson` } as EventBody, ...play([host], 'build')]), {
      page: 'host',
      selected: host,
    }).join('\n')
  expect(page('web1')).toContain(`log: ${path}/hosts/web1.log`)
  expect(page('../x')).toContain(`log: ${path}/hosts/%2e.%2fx.log`)
})

test('and where the log of its upgrade image is, once it is there', () => {
  const path = '/state/runs/r/image-logs/web1.log'
  const kept: EventBody = { type: 'image_log', play: 0, batch: 0, step: 0, host: 'web1', path }
  const page = (bodies: readonly EventBody[]) => shown(modelOf(bodies), { page: 'host', selected: 'web1' }).join('\n')
  expect(page([...play(hosts, 'upgrade'), task(0, hosts)])).not.toContain('image log')
  expect(page([...play(hosts, 'upgrade'), task(0, hosts), kept])).toContain(`image log: ${path}`)
})

test('a step that the operator cut short is told as stopped, not as failed', () => {
  const cut = result(0, 'web1', 'failed', { message: 'cancelled by the operator', interrupted: true })
  const page = shown(modelOf([...play(hosts, 'build'), task(0, hosts), cut]), {
    page: 'host',
    selected: 'web1',
    scroll: 0,
  })
  expect(page.find((line) => line.includes('cancelled by the operator'))).toMatch(/^. stopped +build /)
})
