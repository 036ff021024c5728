import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { InitramfsShell } from './initramfs-shell.ts'

let shell: InitramfsShell
const shellWith = (cmdline = '') => {
  shell = new InitramfsShell(cmdline)
  return shell
}
afterEach(() => shell.remove())

const lines = () =>
  readFileSync(join(shell.runDir, 'progress.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe.each(['dash', 'bash'] as const)('progress under %s', (kind) => {
  test('json_field reads what json_string wrote, wherever the field stands', () => {
    shellWith()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), fc.boolean(), (text, spaced) => {
        const object = { event: 'item', n: 7, text, of: 9, package: 'a' }
        const line = spaced
          ? JSON.stringify(object).replaceAll('":', '": ').replaceAll(',"', ', "')
          : JSON.stringify(object)
        fc.pre(JSON.stringify(JSON.parse(line)) === JSON.stringify(object))
        const { stdout } = shell.run(kind, 'json_field text "$1"; json_field n "$1"; json_field of "$1"', [line])
        expect(stdout).toBe(`${text}\n7\n9\n`)
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['{"text": "two\\nlines \\u00e9 \\/x"}', 'text', 0, 'two lines   /x'],
    ['{"text": "a \\"n\\":5", "n": 12}', 'n', 0, '12'],
    ['{"n":12}', 'of', 1, ''],
  ])('json_field of %s', (line, name, code, value) => {
    expect(shellWith().run(kind, 'json_field "$1" "$2"', [name, line])).toEqual({
      code,
      stdout: value === '' ? '' : `${value}\n`,
    })
  })

  test('phase_seconds adds up the times of a phase that was entered twice', () => {
    shellWith()
    writeFileSync(join(shell.runDir, 'phases'), 'start 3.10\nchecks 5.90\nwaiting 10.00\nchecks 20.00\ndone 24.50\n')
    const { stdout } = shell.run(kind, 'uptime() { printf 30.00; }; phase_seconds')
    expect(JSON.parse(stdout)).toEqual({ start: 2, checks: 9, waiting: 10, done: 6 })
  })

  test('a heartbeat tells measured work while a command says nothing, and returns its code', () => {
    shellWith()
    const script = `HEARTBEAT_SECONDS=1; PHASE=finish
      with_heartbeat 'burning "time"' sh -c 'i=0; while [ $i -lt 1500000 ]; do i=$((i + 1)); done; dd if=/dev/zero of=/dev/null bs=1M count=50 2>/dev/null; sleep 2; exit 7'`
    expect(shell.run(kind, script).code).toBe(7)
    const beats = lines().filter(({ event }) => event === 'heartbeat')
    expect(beats.length).toBeGreaterThan(0)
    expect(beats[0]).toMatchObject({ phase: 'finish', what: 'burning "time"', seconds: expect.any(Number) })
    const total = (name: string) => beats.reduce((sum, beat) => sum + Number(beat[name]), 0)
    expect(total('cpu_s')).toBeGreaterThan(0.2)
    expect(total('io_bytes')).toBeGreaterThan(50 * 1024 * 1024)
  })

  test('a heartbeat holds nothing open when its command has ended', () => {
    shellWith()
    const begun = Date.now()
    const { stdout } = shell.run(kind, '{ HEARTBEAT_SECONDS=20; with_heartbeat x echo done; } | cat')
    expect(stdout).toBe('done\n')
    expect(Date.now() - begun).toBeLessThan(10_000)
  })

  test('what the transaction says is stamped where it is not, and kept whole', () => {
    shellWith()
    const own = '{"t": "2026-11-23T08:00:00Z", "phase": "transaction", "event": "line", "text": "x"}'
    const script = 'PHASE=transaction; . "$UPGRADE_LIB/../85sys-upgrade-redhat/relay.sh"; stamp "$1"; stamp "$2"'
    const { stdout } = shell.run(kind, script, [own, '{"event":"line","text":"a \\"up\\": b"}'])
    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first).toMatchObject({ t: '2026-11-23T08:00:00Z', up: expect.any(Number), text: 'x' })
    expect(second).toMatchObject({
      t: expect.any(String),
      up: expect.any(Number),
      phase: 'transaction',
      text: 'a "up": b',
    })
  })
})
