import { expect, test } from 'vitest'
import type { EventBody } from '../../src/events/types.ts'
import { play, result, task } from './bodies.ts'
import { plainOnMemory } from './collect.ts'

function clocked(count: number) {
  const hosts = Array.from({ length: count }, (_, i) => `web${i + 1}`)
  let now = 0
  const plain = plainOnMemory({ now: () => now })
  plain.emit(...play(hosts, 'run_dracut'), task(0, hosts))
  const seen = plain.out.text.length
  return {
    ...plain,
    hosts,
    at: (ms: number) => {
      now = ms
    },
    said: () => plain.out.text.slice(seen).split('\n').slice(0, -1),
  }
}

function line(host: string, text: string): EventBody {
  return { type: 'progress', play: 0, batch: 0, step: 0, host, line: text }
}

test('a short step shows no progress, a long one a line every five seconds', () => {
  const { emit, at, said } = clocked(1)
  for (let second = 0; second <= 12; second++) {
    at(second * 1000)
    emit(line('web1', `module ${second}`))
  }
  expect(said()).toEqual(['  [web1] run_dracut 5 s: module 5', '  [web1] run_dracut 10 s: module 10'])
})

test('many hosts at work share one line', () => {
  const { emit, at, said, hosts } = clocked(12)
  for (let second = 0; second <= 41; second++) {
    at(second * 1000)
    for (const host of hosts) if (host !== 'web3' || second > 0) emit(line(host, `${host} at ${second}`))
  }
  expect(said().at(-1)).toBe('  run_dracut: 12 running, longest web1 40 s: web1 at 40')
  expect(said()).toHaveLength(4)
})

test('silence ends after half a minute, also when nothing is said', () => {
  const { emit, at, said, renderer } = clocked(5)
  at(29_000)
  renderer.tick()
  expect(said()).toEqual([])
  at(30_000)
  renderer.tick()
  expect(said()).toEqual(['  run_dracut: waiting for web1, web2, web3 and 2 more'])
  emit({ type: 'intent', play: 0, batch: 0, step: 0, host: 'web2', task: 'x', summary: '', touches: [], spec: {} })
  at(200_000)
  renderer.tick()
  expect(said().at(-1)).toBe('  run_dracut: 1 running, longest web2 2 min 50 s')
  emit(...['web1', 'web2', 'web3', 'web4', 'web5'].map((host) => result(0, host, 'ok')))
  const before = said().length
  at(900_000)
  renderer.tick()
  expect(said()).toHaveLength(before)
})

test('of steps that were sent together the first that is not done is the one that runs', () => {
  let now = 0
  const { emit, renderer, out } = plainOnMemory({ now: () => now })
  emit(...play(['web1'], 'first', 'second', 'third'), ...[0, 1, 2].map((step) => task(step, ['web1'])))
  const sent = {
    type: 'intent',
    play: 0,
    batch: 0,
    host: 'web1',
    task: 'x',
    summary: '',
    touches: [],
    spec: {},
  } as const
  emit(...[0, 1, 2].map((step) => ({ ...sent, step })))
  const saidAt = (seconds: number) => {
    now = seconds * 1000
    renderer.tick()
    return out.text.trimEnd().split('\n').at(-1)
  }
  expect(saidAt(40)).toBe('  first: 1 running, longest web1 40 s')
  emit(result(0, 'web1', 'changed'))
  expect(saidAt(80)).toBe('  second: 1 running, longest web1 40 s')
  emit(result(1, 'web1', 'failed'))
  const before = out.text
  saidAt(200)
  expect(out.text).toBe(before)
})

function phase(host: string, name: string, more: Partial<Extract<EventBody, { type: 'phase' }>> = {}): EventBody {
  return { type: 'phase', play: 0, batch: 0, step: 0, host, phase: name, state: 'running', seconds: 1, ...more }
}

test('a host in its upgrade shows each new phase at once, and a line every few seconds', () => {
  const { emit, at, said } = clocked(1)
  emit(phase('web1', 'going-down', { text: 'the old system still answers' }))
  for (let second = 1; second <= 7; second++) {
    at(second * 1000)
    emit(phase('web1', 'transaction', { n: second, of: 1480, seconds: second, text: `upgrade p${second}` }))
  }
  emit(phase('web1', 'transaction', { state: 'overdue', seconds: 7 }))
  emit(phase('web1', 'transaction', { state: 'done', seconds: 130 }))
  expect(said()).toEqual([
    '  [web1] run_dracut 0 s: going-down, 1 s: the old system still answers',
    '  [web1] run_dracut 1 s: transaction 1/1480, 1 s: upgrade p1',
    '  [web1] run_dracut 4 s: transaction 4/1480, 4 s: upgrade p4',
    '  [web1] run_dracut 7 s: transaction 7/1480, 7 s: upgrade p7',
    '  [web1] run_dracut 7 s: transaction overdue, 7 s',
    '  [web1] run_dracut 7 s: transaction done, 2 min 10 s',
  ])
})

test('two hundred hosts in their upgrades share a line every few seconds that counts their phases', () => {
  const { emit, at, said, hosts } = clocked(200)
  for (let second = 0; second <= 60; second++) {
    at(second * 1000)
    hosts.forEach((host, i) => {
      emit(phase(host, i < 50 ? 'initramfs-boot' : 'transaction', { seconds: second, text: host }))
    })
  }
  expect(said().length).toBeGreaterThanOrEqual(11)
  // The first five begin with a line of their own.
  expect(said().length).toBeLessThanOrEqual(18)
  expect(said().at(-1)).toMatch(
    /^ {2}run_dracut: 200 running \(50 initramfs-boot, 150 transaction\), longest web1 60 s: initramfs-boot, (59|60) s: web1$/,
  )
})

test('what a host says of its phase can not drive the terminal', () => {
  const { emit, said } = clocked(1)
  emit(phase('web1', 'transaction', { text: 'upgrade \u001b[2Jbash' }))
  expect(said().join('')).toContain('upgrade \\x1b[2Jbash')
})
