import { spawnSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { banner } from '../../src/render/banner.ts'
import { wantsColor } from '../../src/render/color.ts'
import { createJsonRenderer } from '../../src/render/json.ts'
import { SafeOutput } from '../../src/render/safe-output.ts'
import { MemoryOutput } from './collect.ts'

test('banners are 79 wide in a pipe, as wide as a terminal otherwise, with three stars at least', () => {
  expect(banner('TASK [x]', { columns: undefined })).toHaveLength(79 + 2)
  expect(banner('TASK [x]', { columns: 120 })).toHaveLength(119 + 2)
  expect(banner('x'.repeat(100), { columns: undefined })).toBe(`\n${'x'.repeat(100)} ***\n`)
})

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  [true, { TERM: 'dumb' }, false],
])('colour: terminal %j, environment %j -> %j', (isTTY, env, expected) => {
  expect(wantsColor({ isTTY }, env)).toBe(expected)
})

test('json is one event per line, harmless on a terminal', () => {
  const out = new MemoryOutput()
  const message = 'a\nb\x1b[2J\x9b\u202e'
  const event = { v: 1, seq: 1, t: 'T', run: 'r', type: 'warning', message } as const
  createJsonRenderer(out).sink(event)
  expect(out.lines).toHaveLength(2)
  expect(JSON.parse(out.lines[0] as string)).toEqual(event)
  expect(out.text).toContain('\\u009b\\u202e')
})

test('a reader that goes away is told once and nothing is thrown', async () => {
  const stream = new PassThrough()
  const out = new SafeOutput(stream as unknown as NodeJS.WriteStream)
  let told = 0
  out.onClosed(() => told++)
  out.write('one')
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await new Promise((resolve) => setImmediate(resolve))
  out.write('two')
  out.onClosed(() => told++)
  await out.flush()
  expect([told, out.closed]).toEqual([2, true])
})

test('`| head -1` ends the output, not the process', () => {
  const script = `
    import { SafeOutput } from '${new URL('../../src/render/safe-output.ts', import.meta.url).pathname}'
    const out = new SafeOutput(process.stdout)
    out.onClosed(() => process.stderr.write('closed\\n'))
    let i = 0
    const timer = setInterval(() => {
      for (let k = 0; k < 200; k++) out.write('line ' + i++ + '\\n')
      if (out.closed || i > 2e6) { clearInterval(timer); process.exitCode = out.closed ? 99 : 1 }
    }, 1)`
  const tsx = new URL('../../node_modules/.bin/tsx', import.meta.url).pathname
  const command = `"$1" --input-type=module -e "$2" | head -1; exit "\${PIPESTATUS[0]}"`
  const done = spawnSync('bash', ['-c', command, 'bash', tsx, script], { encoding: 'utf8', timeout: 20_000 })
  expect([done.stdout, done.stderr, done.status]).toEqual(['line 0\n', 'closed\n', 99])
})
