import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { syntheticRun } from '../lab/synthetic-run.ts'
import type { RunEvent } from '../src/events/types.ts'
import { openScreen } from '../src/render/tui/screen.ts'

// What the screen costs, on the events of a made-up run: `npm run bench:screen`. No host and no engine is part of it.

const FRAMES = 60
const FRAME_MS = 250

interface Measured {
  readonly hosts: number
  readonly eventMicros: number
  readonly frameMs: number
  readonly frameBytes: number
  readonly corePercent: number
  readonly rssMb: number
  readonly heapMb: number
}

/** A terminal of 120 by 40 that only counts. */
function countingTerminal() {
  let bytes = 0
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 40 })
  stdout.write = (text: unknown) => {
    bytes += Buffer.byteLength(String(text))
    return true
  }
  const quiet = () => stdin
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: quiet,
    ref: quiet,
    unref: quiet,
  })
  return {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    bytes: () => bytes,
  }
}

async function measure(hosts: number): Promise<Measured> {
  const terminal = countingTerminal()
  let now = 0
  const options = {
    env: { LANG: 'C.UTF-8' },
    reproduce: 'x',
    resume: 'x',
    control: () => ({ accepted: true, message: '' }),
  }
  const screen = await openScreen({ ...terminal, ...options, now: () => now })
  const events = [...syntheticRun({ hosts, serial: Math.ceil(hosts / 4) })]
  const half = Math.floor(events.length / 2)
  const before = process.cpuUsage()
  for (const event of events.slice(0, half)) {
    screen.sink(event)
    now = Date.parse(event.t)
  }
  const taken = cpuMs(before)
  await sleep(2000)

  const bytes = terminal.bytes()
  const busy = process.cpuUsage()
  const began = performance.now()
  const rest = events.slice(half, -1)
  const share = Math.max(1, Math.floor(hosts / 100))
  for (let frame = 0; frame < FRAMES; frame++) {
    // Somebody looks closely, so that each is drawn.
    if (frame % 8 === 0) terminal.stdin.push('j')
    for (const event of piece(rest, frame * share, share)) screen.sink(event)
    now += FRAME_MS
    await sleep(FRAME_MS)
  }
  const cpu = cpuMs(busy)
  const wall = performance.now() - began
  const written = terminal.bytes() - bytes
  for (const event of rest.slice(FRAMES * share)) screen.sink(event)
  events.length = 0
  rest.length = 0
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  screen.close()
  return {
    hosts,
    eventMicros: (taken * 1000) / half,
    frameMs: cpu / FRAMES,
    frameBytes: written / FRAMES,
    corePercent: (100 * cpu) / wall,
    rssMb: rss / 1e6,
    heapMb: heapUsed / 1e6,
  }
}

function piece(events: readonly RunEvent[], from: number, count: number): readonly RunEvent[] {
  return events.slice(from, from + count)
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

const rows: Measured[] = []
for (const hosts of process.argv.slice(2).map(Number)) rows.push(await measure(hosts))
console.log(
  '| hosts | CPU per event | CPU per frame | bytes per frame | of one core at 4 frames/s | memory of the process | of it heap |',
)
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const row of rows) {
  console.log(
    `| ${row.hosts} | ${row.eventMicros.toFixed(0)} us | ${row.frameMs.toFixed(1)} ms | ${row.frameBytes.toFixed(0)} | ${row.corePercent.toFixed(1)} % | ${row.rssMb.toFixed(0)} MB | ${row.heapMb.toFixed(0)} MB |`,
  )
}
process.exit(0)
