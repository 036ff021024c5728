import { expect, test } from 'vitest'
import type { Counts, EventBody } from '../../src/events/types.ts'
import { batchEnd, play, result, task } from './bodies.ts'
import { plainOnMemory } from './collect.ts'

const none: Counts = { ok: 0, changed: 0, deferred: 0, unreachable: 0, failed: 0, skipped: 0, ignored: 0 }
const hosts = ['web1', 'web2']

test('a run has the shape that Ansible users know', () => {
  const { out, emit } = plainOnMemory()
  emit(
    ...play(hosts, ['Write motd', 'copy'], ['Say it', 'debug']),
    task(0, hosts),
    task(1, hosts),
    result(0, 'web1', 'changed', {
      message: 'writes /etc/motd',
      diff: [{ kind: 'text', path: '/etc/motd', before: 'a\nb\n', after: 'a\nc\n' }],
    }),
    result(0, 'web2', 'ok', { message: 'as it should be' }),
    result(1, 'web1', 'ok', { result: { msg: 'hi', changed: false, failed: false } }),
    result(1, 'web2', 'skipped', { message: 'when: x' }),
    batchEnd,
    {
      type: 'run_finished',
      outcome: 'done',
      exitCode: 0,
      ms: 1,
      recap: { web2: { ...none, ok: 1, skipped: 1 }, web1: { ...none, ok: 2, changed: 1 } },
    },
  )
  expect(out.text).toBe(`
PLAY [web] ${'*'.repeat(68)}

TASK [Write motd] ${'*'.repeat(61)}
--- before: /etc/motd
+++ after: /etc/motd
@@ -1,2 +1,2 @@
 a
-b
+c
changed: [web1] => writes /etc/motd
ok: [web2]

TASK [Say it] ${'*'.repeat(65)}
ok: [web1] => {
    "msg": "hi"
}
skipping: [web2] => when: x

PLAY RECAP ${'*'.repeat(68)}
web1                       : ok=2    changed=1    unreachable=0    failed=0    skipped=0    ignored=0
web2                       : ok=1    changed=0    unreachable=0    failed=0    skipped=1    ignored=0

`)
})

test('results of a host that runs ahead wait for their banner, and none is lost at an abort', () => {
  const { out, emit } = plainOnMemory()
  emit(...play(hosts, 'a', 'b', 'c'), task(0, hosts), task(1, hosts), task(2, hosts))
  emit(result(0, 'web1', 'ok'), result(1, 'web1', 'changed'), result(2, 'web1', 'ok'))
  const order = () => out.lines.filter((line) => line !== '').map((line) => line.replace(/ \*+$/, ''))
  expect(order()).toEqual(['PLAY [web]', 'TASK [a]', 'ok: [web1]'])
  emit(result(0, 'web2', 'ok'))
  expect(order().slice(3)).toEqual(['ok: [web2]', 'TASK [b]', 'changed: [web1]'])
  emit({ type: 'interrupt', level: 1, message: 'no new step starts' }, batchEnd)
  expect(order().slice(6)).toEqual(['[INTERRUPT]: no new step starts', 'TASK [c]', 'ok: [web1]'])
})

test('a failed host is not waited for; what it still reports is shown', () => {
  const { out, emit } = plainOnMemory()
  emit(...play(hosts, 'a', 'b'), task(0, hosts), task(1, hosts))
  emit(result(0, 'web2', 'ok'), result(1, 'web2', 'ok'), result(0, 'web1', 'failed', { message: 'bad' }))
  emit(result(1, 'web1', 'changed'), batchEnd)
  expect(out.lines.filter((line) => /^(TASK|ok|fatal|changed)/.test(line)).map((l) => l.replace(/ \*+$/, ''))).toEqual([
    'TASK [a]',
    'ok: [web2]',
    'fatal: [web1]: FAILED! => bad',
    'TASK [b]',
    'ok: [web2]',
    'changed: [web1]',
  ])
})

test('a result that comes after its step was passed names its step again', () => {
  const { out, emit } = plainOnMemory()
  emit(...play(hosts, 'a', 'b'), task(0, ['web1']), result(0, 'web1', 'ok'), task(1, ['web1']))
  emit(result(0, 'web2', 'ok'), result(1, 'web1', 'ok'))
  expect(out.lines.filter((line) => line.startsWith('TASK')).map((line) => line.replace(/ \*+$/, ''))).toEqual([
    'TASK [a]',
    'TASK [b]',
    'TASK [a] (continued)',
    'TASK [b] (continued)',
  ])
})

test('failures say what a command said last, what to do, and that they are ignored', () => {
  const { out, emit } = plainOnMemory()
  emit(...play(['w'], ['c', 'command'], ['r', 'preflight'], ['f', 'fail'], ['u', 'ping']), task(0, ['w']))
  emit(
    result(0, 'w', 'failed', {
      message: 'non-zero return code',
      ignored: true,
      result: { rc: 2, stderr: 'first\nsecond\n', stdout: '' },
    }),
    result(1, 'w', 'refused', { message: 'no space in /boot', remedy: 'remove old kernels', ignored: true }),
    result(2, 'w', 'refused', { message: 'the author says no', ignored: true }),
    result(3, 'w', 'unreachable', { message: 'connection refused' }),
  )
  expect(out.lines.filter((line) => line !== '' && !/^(PLAY|TASK)/.test(line))).toEqual([
    'fatal: [w]: FAILED! => non-zero return code',
    '  rc: 2',
    '  stderr:',
    '    first',
    '    second',
    '...ignoring',
    'refused: [w]: no space in /boot',
    '  remedy: remove old kernels',
    '...ignoring',
    'fatal: [w]: FAILED! => the author says no',
    '...ignoring',
    'fatal: [w]: UNREACHABLE! => connection refused',
  ])
})

test('a loop shows its items, not their sum', () => {
  const { out, emit } = plainOnMemory()
  const item = (label: string, index: number) => ({ item: { label, index } })
  emit(...play(['w'], 'a', 'b'), task(0, ['w']))
  emit(result(0, 'w', 'ok', item('x', 0)), result(0, 'w', 'failed', { ...item('y', 1), message: 'bad' }))
  emit(
    result(0, 'w', 'failed', { message: 'bad', ignored: true }),
    result(1, 'w', 'deferred', { message: 'known after step 1 (a)' }),
  )
  expect(out.lines.filter((line) => line !== '' && !/^(PLAY|TASK)/.test(line))).toEqual([
    'ok: [w] => (item=x)',
    'failed: [w] (item=y) => bad',
    '...ignoring',
    'later: [w] => known after step 1 (a)',
  ])
})

test.each([
  [0, ['  noted: x (accepted)']],
  [1, ['  [high, accepted] x: little space - 10 MiB free']],
])('findings stand below their host, delegation in its brackets, with %i times -v', (verbosity, noted) => {
  const { out, emit } = plainOnMemory({ verbosity })
  const finding = {
    key: 'boot_space',
    severity: 'high',
    title: 'little space',
    detail: '10 MiB free',
    remedy: 'clean up',
  } as const
  emit(...play(['w'], 'a'), task(0, ['w']))
  emit(result(0, 'w', 'ok', { delegatedTo: 'db', findings: [finding, { ...finding, key: 'x', accepted: true }] }))
  expect(out.lines.slice(-5, -1)).toEqual([
    'ok: [w -> db]',
    '  [high] boot_space: little space - 10 MiB free',
    '    remedy: clean up',
    ...noted,
  ])
})

test('over fifty hosts an equal diff is named, not repeated', () => {
  const many = Array.from({ length: 60 }, (_, i) => `h${i}`)
  const { out, emit } = plainOnMemory()
  const diff = [{ kind: 'items', title: 'packages', added: ['foo'], removed: [], changed: [] }] as const
  emit(...play(many, 'a'), task(0, many), ...many.map((host) => result(0, host, 'changed', { diff })))
  expect(out.lines.filter((line) => line === '+ foo')).toHaveLength(1)
  expect(out.lines.filter((line) => line === '(diff: same as h0)')).toHaveLength(59)
  expect(out.lines.filter((line) => line.startsWith('changed:'))).toHaveLength(60)
})

test('over fifty hosts an equal remedy is shown once for each step', () => {
  const many = Array.from({ length: 60 }, (_, i) => `h${i}`)
  const { out, emit } = plainOnMemory()
  const fail = (step: number) =>
    many.map((host) => result(step, host, 'unreachable', { message: `${host} is down`, remedy: 'is sshd running?' }))
  emit(...play(many, 'a', 'b'), task(0, many), ...fail(0), batchEnd, ...play(many, 'c'), task(0, many), ...fail(0))
  expect(out.lines.filter((line) => line === '  remedy: is sshd running?')).toHaveLength(2)
  expect(out.lines.filter((line) => line.startsWith('fatal:'))).toHaveLength(120)
})

test('the remedies of inhibitors are said once, below each', () => {
  const { out, emit } = plainOnMemory()
  const space = {
    key: 'boot_space',
    severity: 'inhibitor',
    title: 'little space',
    detail: '1 MiB',
    remedy: 'clean up',
  } as const
  emit(...play(['w'], ['a', 'preflight']), task(0, ['w']))
  emit(result(0, 'w', 'refused', { message: 'an inhibitor: boot_space', remedy: 'clean up', findings: [space] }))
  expect(out.lines.slice(-4, -1)).toEqual([
    'refused: [w]: an inhibitor: boot_space',
    '  [inhibitor] boot_space: little space - 1 MiB',
    '    remedy: clean up',
  ])
})

test('an unchanged host takes one line, what was noted about it included', () => {
  const { out, emit } = plainOnMemory()
  const nothing = { key: 'loader_never_run', severity: 'low', title: 't', detail: 'd' } as const
  emit(...play(['w', 'x'], 'a'), task(0, ['w', 'x']))
  emit(result(0, 'w', 'ok', { message: 'fine', findings: [nothing] }))
  emit(result(0, 'x', 'changed', { message: 'made', findings: [nothing] }))
  expect(out.lines.slice(-4, -1)).toEqual([
    'ok: [w] => noted: loader_never_run (low)',
    'changed: [x] => made',
    '  noted: loader_never_run (low)',
  ])
})

test('the recap of a fleet ends with who is not well', () => {
  const recap = (size: number) => {
    const { out, emit } = plainOnMemory()
    const hosts = Array.from(
      { length: size },
      (_, i) => [`h${i}`, { ...none, ok: 1, failed: i === 3 ? 1 : 0 }] as const,
    )
    const lost = hosts.slice(4, 28).map(([host]) => [host, { ...none, unreachable: 1 }] as const)
    const counts = Object.fromEntries([...hosts, ...(size > 20 ? lost : [])])
    emit({ type: 'run_finished', outcome: 'failed', exitCode: 2, ms: 1, recap: counts })
    return out.lines.filter((line) => line !== '' && !/: ok=/.test(line)).slice(1)
  }
  expect(recap(20)).toEqual([])
  const [total, unreachable, failed, ...rest] = recap(30)
  expect(total).toBe('30 hosts: 5 well, 24 unreachable, 1 failed')
  expect(unreachable).toMatch(/^ {2}unreachable: h4, h5, .*, h23 and 4 more$/)
  expect(failed).toBe('  failed: h3')
  expect(rest).toEqual([])
})

test('who did not get to the end is not well, and the totals say so', () => {
  const { out, emit } = plainOnMemory()
  const hosts = Array.from({ length: 25 }, (_, i) => [`h${i}`, { ...none, changed: 1, stopped: 1 }] as const)
  const recap = Object.fromEntries([...hosts, ['lost', { ...none, failed: 1 }], ['late', { ...none, notBegun: 1 }]])
  emit({ type: 'run_finished', outcome: 'aborted', exitCode: 99, ms: 1, recap })
  expect(out.lines).toContain('27 hosts: 0 well, 1 failed, 25 stopped, 1 not begun')
  expect(out.text).toMatch(/^h3 +: ok=0 .* stopped=1 +not-begun=0$/m)
  expect(out.text).toMatch(/^late +: ok=0 .* stopped=0 +not-begun=1$/m)
})

test('an overdue host is neither well nor unreachable nor failed', () => {
  const { out, emit } = plainOnMemory()
  emit(...play(['w'], ['r', 'reboot_upgrade']), task(0, ['w']), result(0, 'w', 'overdue', { message: 'gone for 3 h' }))
  const well = Array.from({ length: 25 }, (_, i) => [`h${i}`, { ...none, ok: 1 }] as const)
  const recap = Object.fromEntries([...well, ['w', { ...none, overdue: 1 }] as const])
  emit({ type: 'run_finished', outcome: 'failed', exitCode: 2, ms: 1, recap })
  expect(out.lines).toContain('fatal: [w]: OVERDUE! => gone for 3 h')
  expect(out.lines).toContain(
    'w                          : ok=0    changed=0    unreachable=0    overdue=1    failed=0    skipped=0    ignored=0',
  )
  expect(out.lines.slice(-4)).toEqual(expect.arrayContaining(['26 hosts: 25 well, 1 overdue', '  overdue: w']))
})

test('-v adds the result with the output of commands, -vv the same in lines too', () => {
  const show = (verbosity: number) => {
    const { out, emit } = plainOnMemory({ verbosity })
    emit(...play(['w'], 'command'), task(0, ['w']))
    emit(result(0, 'w', 'ok', { message: 'fine', result: { rc: 0, stdout: 'text', stdout_lines: ['text'] } }))
    return out.text.slice(out.text.indexOf('ok:'))
  }
  expect(show(1)).toBe('ok: [w] => fine => {\n    "rc": 0,\n    "stdout": "text"\n}\n')
  expect(show(2)).toContain('"stdout_lines": [')
})

test('debug with a verbosity shows itself only from that many -v on', () => {
  const show = (verbosity: number) => {
    const { out, emit } = plainOnMemory({ verbosity })
    emit(...play(['w'], 'debug'), task(0, ['w']), result(0, 'w', 'ok', { result: { msg: 'x', verbosity: 2 } }))
    return out.text.includes('"msg"')
  }
  expect([show(1), show(2)]).toEqual([false, true])
})

test('nothing that a host says reaches the terminal raw', () => {
  const { out, emit } = plainOnMemory({ verbosity: 2 })
  const evil = '\x1b]0;owned\x07\u202e\x9b2J\rfake: [ok]\nsecond'
  emit(...play(['w'], [evil, 'debug']), task(0, ['w']), { type: 'warning', message: evil, host: evil })
  emit(
    result(0, 'w', 'failed', {
      message: evil,
      remedy: evil,
      item: { label: evil, index: 0 },
      diff: [
        { kind: 'text', path: evil, before: '', after: evil },
        { kind: 'items', title: evil, added: [evil], removed: [evil], changed: [evil] },
      ],
      findings: [{ key: evil, severity: 'low', title: evil, detail: evil, remedy: evil }],
      result: { stdout: evil, [evil]: evil },
    }),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  expect(out.text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
  expect(out.text).toContain('\\x1b]0;owned')
})

test('colours mean something, and only when they are on', () => {
  const { out, emit } = plainOnMemory({ color: true })
  emit(...play(['w'], 'a'), task(0, ['w']), result(0, 'w', 'changed'))
  expect(out.text).toContain('\x1b[33mchanged: [w]\x1b[0m')
})

test('an operator who steers is told of, and so is what was refused', () => {
  const { out, emit } = plainOnMemory()
  emit(...play(hosts, 'a', 'b'), task(0, hosts))
  emit(
    { type: 'steering', command: 'pause', by: 'key', accepted: true, message: 'hosts finish their step' },
    { type: 'paused', paused: true, message: 'no host begins another step' },
    { type: 'steering', command: 'skip', host: 'x\u001b[2J', by: 'shell', accepted: false, message: 'no such host' },
    { type: 'paused', paused: false, message: 'hosts go on' },
  )
  expect(out.text.split('\n').filter((line) => line.startsWith('['))).toEqual([
    '[STEERING]: pause: hosts finish their step',
    '[PAUSED]: no host begins another step',
    '[STEERING]: skip x\\x1b[2J refused: no such host',
    '[RESUMED]: hosts go on',
  ])
})

test('nobody waits for a host that is left out, and one that begins again is waited for', () => {
  const steered = (host: string, state: 'left-out' | 'retrying', step: number): EventBody => ({
    type: 'host_steered',
    host,
    state,
    message: state,
    play: 0,
    batch: 0,
    step,
  })
  const { out, emit } = plainOnMemory()
  emit(...play(hosts, 'a', 'b'), task(0, hosts), task(1, hosts))
  emit(result(0, 'web1', 'failed', { message: 'x' }), steered('web1', 'retrying', 0), result(0, 'web2', 'ok'))
  emit(result(1, 'web2', 'ok'))
  expect(out.text).not.toContain('TASK [b]')
  emit(result(0, 'web1', 'ok'))
  expect(out.text).toContain('TASK [b]')
  const other = plainOnMemory()
  other.emit(...play(hosts, 'a', 'b'), task(0, hosts), task(1, hosts))
  other.emit(result(0, 'web1', 'ok'), result(1, 'web1', 'ok'), steered('web2', 'left-out', 0))
  expect(other.out.text).toContain('TASK [b]')
})

test('the recap names hosts that began again, and those that were left out', () => {
  const { out, emit } = plainOnMemory()
  const recap = { web1: { ...none, ok: 2, retried: 1 }, web2: { ...none, ok: 1, leftOut: 1 } }
  emit({ type: 'run_finished', outcome: 'failed', exitCode: 2, ms: 1, recap })
  expect(out.text).toContain('ignored=0    retried=1    left-out=0')
  expect(out.text).toContain('ignored=0    retried=0    left-out=1')
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`h${i}`, none]))
  const big = plainOnMemory()
  big.emit({ type: 'run_finished', outcome: 'failed', exitCode: 2, ms: 1, recap: { ...many, ...recap } })
  expect(big.out.text).toContain('22 hosts: 21 well, 1 left out\n  left out: web2')
})

test('where the logs of upgrade images are is one line behind the recap, and a remedy that names such a file is shown once', () => {
  const many = Array.from({ length: 60 }, (_, i) => `web${i}.example`)
  const path = (host: string) => `/runs/r/image-logs/${host}.log`
  const { out, emit } = plainOnMemory()
  emit(...play(many, 'a'), task(0, many))
  for (const host of many) {
    emit({ type: 'image_log', play: 0, batch: 0, step: 0, host, path: path(host) })
    emit(result(0, host, 'failed', { message: 'x', remedy: `mend it; what the image logged is here: ${path(host)}` }))
  }
  emit({ type: 'run_finished', outcome: 'failed', exitCode: 2, ms: 1, recap: { web: { ...none, failed: 1 } } })
  expect(out.lines.filter((line) => line.includes('mend it'))).toHaveLength(1)
  expect(out.text.endsWith('\n\nlogs of the upgrade image: /runs/r/image-logs/ (60 hosts)\n\n')).toBe(true)
})
