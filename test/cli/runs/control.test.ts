import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandOf } from '../../../src/cli/runs/control.ts'
import { askRun } from '../../../src/cli/runs/control-client.ts'
import { steeringCommand } from '../../../src/cli/runs/control-command.ts'
import { controlPath } from '../../../src/cli/runs/control-path.ts'
import { ControlServer } from '../../../src/cli/runs/control-server.ts'
import type { SteeringCommand } from '../../../src/events/commands.ts'

let dir: string
let server: ControlServer
let heard: (SteeringCommand & { by: string })[]
let failures: string[]

beforeEach(() => {
  // Longer than the 107 bytes that a socket's name may have.
  dir = join(mkdtempSync(join(tmpdir(), 'control-')), 'x'.repeat(200))
  mkdirSync(dir)
  heard = []
  failures = []
  server = serve()
})
afterEach(() => {
  server.close()
  rmSync(join(dir, '..'), { recursive: true, force: true })
})

function serve(): ControlServer {
  return new ControlServer(
    dir,
    (command, by) => {
      heard.push({ ...command, by })
      return { accepted: command.command !== 'retry', message: `heard ${command.command}` }
    },
    (why) => failures.push(why),
  )
}

/** What the socket says to raw bytes until it hangs up, or until so many lines came. */
function raw(bytes: string | Uint8Array, lines = Number.POSITIVE_INFINITY): Promise<string> {
  const where = controlPath(dir)
  return new Promise<string>((resolve) => {
    const socket: Socket = connect(where.path, () => socket.write(bytes))
    let said = ''
    socket.on('data', (piece) => {
      said += piece
      if (said.split('\n').length > lines) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(said))
  }).finally(() => where.close())
}

test('a command arrives, its answer comes back, and only this user can send one', async () => {
  expect(await askRun(dir, 'r', { command: 'pause' })).toEqual({ accepted: true, message: 'heard pause' })
  expect(await askRun(dir, 'r', { command: 'retry', host: 'web1' })).toEqual({
    accepted: false,
    message: 'heard retry',
  })
  expect(heard).toEqual([
    { command: 'pause', by: 'shell' },
    { command: 'retry', host: 'web1', by: 'shell' },
  ])
  expect(statSync(join(dir, 'control.sock')).mode & 0o777).toBe(0o600)
  expect(failures).toEqual([])
})

test('what is no command is answered so, and the next one is taken', async () => {
  const said = await raw('{}\n[]\nx\n{"command":"pause","host":"a"}\n{"command":"skip"}\n{"command":"next"}\n', 6)
  expect(
    said
      .split('\n')
      .slice(0, 6)
      .map((line) => (JSON.parse(line) as { accepted: boolean }).accepted),
  ).toEqual([false, false, false, false, false, true])
  expect(heard).toEqual([{ command: 'next', by: 'shell' }])
})

test.each([
  ['a line without end', 'x'.repeat(5_000)],
  ['megabytes', Buffer.alloc(3_000_000, 'y')],
  ['a long line', `${JSON.stringify({ command: 'skip', host: 'z'.repeat(5_000) })}\n`],
])('%s is refused and hung up', async (_, bytes) => {
  expect(await raw(bytes)).toBe('{"accepted":false,"message":"the command is too long"}\n')
  expect(heard).toEqual([])
  expect((await askRun(dir, 'r', { command: 'pause' })).accepted).toBe(true)
})

test('a connection has a hundred commands', async () => {
  const said = await raw('{"command":"next"}\n'.repeat(500))
  expect(said).toMatch(/too many commands; connect again"}\n$/)
  expect(heard).toHaveLength(100)
})

test('bytes of any kind never reach the run as a command, and never end it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const said = await raw(
        Buffer.concat([bytes, Buffer.from('\n{"command":"abort"}\n')]),
        bytes.filter((byte) => byte === 10).length + 2,
      )
      expect(said.trimEnd().split('\n').at(-1)).toBe('{"accepted":true,"message":"heard abort"}')
    }),
    { numRuns: 30 },
  )
  expect(new Set(heard.map(({ command }) => command))).toEqual(new Set(['abort']))
})

test('many silent connections do not keep the run from ending', async () => {
  const where = controlPath(dir)
  const closed = Promise.all(
    Array.from({ length: 40 }, () => {
      const socket = connect(where.path).on('error', () => {})
      return new Promise((resolve) => socket.resume().once('close', resolve))
    }),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  server.close()
  await closed
  where.close()
  expect(existsSync(join(dir, 'control.sock'))).toBe(false)
})

test('a socket that a killed run left, a file, and nothing at all are told', async () => {
  server.close()
  await expect(askRun(dir, 'r', { command: 'pause' })).rejects.toThrow(
    /^run r takes no commands: no process drives it here\n.*upgrade-push resume r/,
  )
  writeFileSync(join(dir, 'control.sock'), '')
  await expect(askRun(dir, 'r', { command: 'pause' })).rejects.toThrow(/no process drives it here/)
  server = serve()
  await expect.poll(() => failures).toEqual([expect.stringContaining('EADDRINUSE')])
})

test.each([
  [{ command: 'pause' }, { command: 'pause' }],
  [
    { command: 'skip', host: 'web1' },
    { command: 'skip', host: 'web1' },
  ],
])('the words %j are %j', (words, command) => expect(commandOf(words)).toEqual(command))

test.each([
  [{}, 'no command\n  expected one of: abort, abort-now'],
  [{ command: 'puase' }, '"puase" is no command\n  did you mean "pause"?'],
  [{ command: 'skip' }, 'skip needs a host\n  write: upgrade-push control RUN skip HOST'],
  [
    { command: 'pause', host: 'a' },
    'pause is for the whole run and takes no host\n  write: upgrade-push control RUN pause',
  ],
])('the words %j are refused', (words, message) => expect(() => commandOf(words)).toThrow(message))

test('commands are strict', () => {
  expect(steeringCommand.safeParse({ command: 'pause', more: 1 }).success).toBe(false)
})
