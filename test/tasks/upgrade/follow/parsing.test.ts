import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainText } from '../../../../src/tasks/upgrade/follow/plain-text.ts'
import { parseProgressLine } from '../../../../src/tasks/upgrade/follow/progress-line.ts'
import { parseResultFile } from '../../../../src/tasks/upgrade/follow/result-file.ts'
import { parseSystemSight } from '../../../../src/tasks/upgrade/follow/system-sight.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: that none gets through is the point
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('a progress line', () => {
  test.each([
    [
      { event: 'item', n: 3, of: 9, action: 'upgrade', package: 'bash-5.2-1.x86_64' },
      'upgrade bash-5.2-1.x86_64',
      { n: 3, of: 9 },
    ],
    [{ event: 'scriptlet', package: 'glibc', kind: 'post' }, 'scriptlet post of glibc', {}],
    [
      { event: 'heartbeat', what: 'dracut', cpu_s: 2.5, io_bytes: 4096, seconds: 3 },
      'dracut: 2.5 s of processor time and 4 KiB of I/O in 3 s',
      {},
    ],
    [
      { event: 'failed', step: 'transaction', text: 'no space', changed: true },
      'no space',
      { step: 'transaction', changed: true },
    ],
    [{ event: 'first-change' }, 'the first package changes', {}],
    [{ event: 'done', outcome: 'first-boot' }, 'first-boot', {}],
    [{ event: 'something-new', text: 'words' }, 'words', {}],
  ])('%j says "%s"', (fields, text, more) => {
    const line = parseProgressLine(JSON.stringify({ t: 'x', up: 1, phase: 'transaction', ...fields }))
    expect(line).toMatchObject({ phase: 'transaction', event: fields.event, text, ...more })
  })

  test.each(['', 'no JSON', '[]', 'null', '{"phase":"nonsense","event":"phase"}', '{"event":"phase"}'])(
    '%j is none',
    (raw) => {
      expect(parseProgressLine(raw)).toBeUndefined()
    },
  )

  test('whatever a host sends is read without an error, and no control character gets through', () => {
    const field = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())
    const hostile = fc.record({
      phase: fc.constantFrom('transaction', 'waiting'),
      event: fc.constantFrom('item', 'heartbeat', 'failed', 'phase', 'scriptlet'),
      text: field,
      package: field,
      what: field,
      n: field,
      step: field,
      changed: field,
    })
    fc.assert(
      fc.property(hostile, (said) => {
        const line = parseProgressLine(JSON.stringify(said))
        expect(line?.text ?? '').not.toMatch(HARMFUL)
        expect(line?.step ?? '').not.toMatch(HARMFUL)
        expect((line?.text ?? '').length).toBeLessThanOrEqual(301)
      }),
    )
  })
})

describe('result.json', () => {
  test('is read with what concerns the controller', () => {
    const raw = JSON.stringify({
      version: 1,
      run: 'r',
      plan: 'p',
      outcome: 'failed',
      step: 'checks',
      message: 'a\u001b[31m package is damaged',
      changed: true,
      release: { from: '8', to: '9' },
      phases: { checks: 4 },
      lines: ['one\r', 'two'],
    })
    expect(parseResultFile(raw)).toEqual({
      run: 'r',
      plan: 'p',
      outcome: 'failed',
      step: 'checks',
      message: 'a [31m package is damaged',
      changed: true,
      release: { from: '8', to: '9' },
      phases: { checks: 4 },
      lines: ['one', 'two'],
    })
  })

  test('of the image that touched nothing has no plan and no release', () => {
    const raw = '{"run":null,"outcome":"not-armed","step":null,"message":null}'
    expect(parseResultFile(raw)).toMatchObject({ run: '', outcome: 'not-armed', changed: false, release: undefined })
  })

  test.each([undefined, '', '{', '[]', '{"outcome":"splendid"}'])('%j is none', (raw) => {
    expect(parseResultFile(raw)).toBeUndefined()
  })
})

test('a system tells its boot, release, result and what became of the reboot', () => {
  const stdout = [
    '@boot\tb1',
    '@machine\tm1',
    '@kernel\t6.12',
    '@rebooting',
    '/etc/os-release:ID=labos',
    '/etc/os-release:VERSION_ID="9.4"',
    '/run/upgrade-push.reboot.error:Operation inhibited',
    '/var/lib/upgrade-push/result.json:{',
    '/var/lib/upgrade-push/result.json:  "run": "r", "outcome": "upgraded"',
    '/var/lib/upgrade-push/result.json:}',
    '@resume\tactive',
    `@plan\t${'a'.repeat(64)}`,
  ].join('\n')
  expect(parseSystemSight({ code: 0, stdout, stderr: '', truncated: false })).toMatchObject({
    bootId: 'b1',
    machineId: 'm1',
    kernel: '6.12',
    distribution: 'labos',
    release: '9.4',
    rebooting: true,
    rebootError: 'Operation inhibited',
    result: { run: 'r', outcome: 'upgraded' },
    resumeService: 'active',
    plan: 'a'.repeat(64),
  })
})

test('plain text is one line of harmless characters', () => {
  expect(plainText(' a\n\u001b[2Jb\u202ec ')).toBe('a [2Jb c')
  expect(plainText('x'.repeat(10), 4)).toBe('xxxx…')
})
