import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LiveOutput } from '../../src/remote/session/liveOutput.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function listening(): { output: LiveOutput; told: string[]; say: (line: string, stream?: 'stderr') => void } {
  const told: string[] = []
  const output = new LiveOutput((line) => told.push(line))
  return { output, told, say: (line, stream) => output.hear(stream ?? 'stdout', Buffer.from(`${line}\n`)) }
}

it('tells nothing of what ends within a second', () => {
  const { output, told, say } = listening()
  output.begin()
  say('quick')
  vi.advanceTimersByTime(999)
  output.end()
  vi.advanceTimersByTime(10_000)
  expect(told).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it('costs no timer while nothing is said', () => {
  const { output } = listening()
  output.begin()
  expect(vi.getTimerCount()).toBe(0)
})

it('tells the newest line after a second, then twice a second at most', () => {
  const { output, told, say } = listening()
  output.begin()
  for (let i = 1; i <= 500; i++) {
    say(`line ${i}`)
    vi.advanceTimersByTime(10)
  }
  expect(told).toEqual([
    'line 100',
    'line 150',
    'line 200',
    'line 250',
    'line 300',
    'line 350',
    'line 400',
    'line 450',
    'line 500',
  ])
})

it('tells a line at once when it was silent before', () => {
  const { output, told, say } = listening()
  output.begin()
  vi.advanceTimersByTime(60_000)
  say('at last')
  vi.advanceTimersByTime(1)
  expect(told).toEqual(['at last'])
})

it('tells no line twice', () => {
  const { output, told, say } = listening()
  output.begin()
  say('only')
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual(['only'])
})

it('takes the newest of both streams, whose pieces it keeps apart', () => {
  const { output, told, say } = listening()
  output.begin()
  output.hear('stdout', Buffer.from('half of '))
  say('an error', 'stderr')
  vi.advanceTimersByTime(1000)
  say('a line')
  vi.advanceTimersByTime(1000)
  expect(told).toEqual(['an error', 'half of a line'])
})

it('keeps what is heard before its turn until it has run for a second', () => {
  const { output, told, say } = listening()
  say('early')
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([])
  output.begin()
  vi.advanceTimersByTime(1000)
  expect(told).toEqual(['early'])
})

it('is silent once it ended', () => {
  const { output, told, say } = listening()
  output.begin()
  vi.advanceTimersByTime(5000)
  output.end()
  say('too late')
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([])
})
