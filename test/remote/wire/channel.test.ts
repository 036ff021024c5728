import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { FrameChannel } from '../../../src/remote/wire/channel.ts'
import type { Listener } from '../../../src/remote/wire/listener.ts'
import { LOOP } from '../../../src/remote/wire/loop.ts'
import { openChannel } from '../../../src/remote/wire/open.ts'
import type { Pipe } from '../../../src/remote/wire/pipe.ts'

const ALL_SHELLS: [string, string[]][] = [
  ['dash', ['/bin/dash']],
  ['bash', ['/bin/bash']],
  ['bash --posix', ['/bin/bash', '--posix']],
  ['busybox ash', ['/usr/bin/busybox', 'ash']],
]
const SHELLS = ALL_SHELLS.filter(([, argv]) => existsSync(argv[0] as string))

const open: FrameChannel[] = []
afterEach(() => {
  for (const channel of open.splice(0)) channel.close()
})

function pipeOf(argv: string[], env?: NodeJS.ProcessEnv): Pipe & { pid: number } {
  const child = spawn(argv[0] as string, argv.slice(1), { stdio: 'pipe', detached: true, ...(env ? { env } : {}) })
  const closed = new Promise<{ code: number | null }>((resolve) => child.on('close', (code) => resolve({ code })))
  const destroy = () => {
    for (const stream of child.stdio) stream?.destroy()
  }
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, closed, destroy, pid: child.pid as number }
}

async function shell(argv: string[] = ['/bin/sh'], before = '', env?: NodeJS.ProcessEnv): Promise<FrameChannel> {
  const start = async (nonce: string) => pipeOf([...argv, '-c', before + LOOP, 'upgrade-push', nonce], env)
  const channel = await openChannel('h', start, { timeoutMs: 5000 })
  open.push(channel)
  return channel
}

const section = (script: string, payload?: Uint8Array, stop = false) => ({ script, payload, stop, timeoutMs: 10_000 })
const texts = (results: Awaited<ReturnType<FrameChannel['send']>>) => results.map((r) => r.stdout.toString())

describe.each(SHELLS)('framed channel under %s', (_name, argv) => {
  it('runs sections apart from each other, with codes and both streams', async () => {
    const channel = await shell(argv)
    const results = await channel.send(
      [
        section('echo out; echo err >&2; x=1; exit 3'),
        section('printf %s "$x-$#-$__up_n"'),
        section('cd /; pwd; syntax error ('),
      ],
      1000,
    )
    expect(results[0]).toMatchObject({ ran: true, code: 3, truncated: false })
    expect(texts(results)[0]).toBe('out\n')
    expect(results[0]?.stderr.toString()).toBe('err\n')
    expect(texts(results)[1]).toBe('-0-')
    expect(results[2]?.code).not.toBe(0)
  })

  it('stops after a section that must not fail, and drains its payloads', async () => {
    const channel = await shell(argv)
    const big = Buffer.alloc(300_000, 'upgrade-push-frame x 1\n')
    const results = await channel.send(
      [section('exit 9', big, true), section('echo no', big), section('echo no')],
      1000,
    )
    expect(results.map((r) => r.ran)).toEqual([true, false, false])
    expect(texts(await channel.send([section('echo alive')], 100))).toEqual(['alive\n'])
  })

  it('feeds payloads of any bytes, read or not', async () => {
    const channel = await shell(argv)
    const bytes = Buffer.from(Array.from({ length: 200_001 }, (_, i) => (i * 7) % 256))
    const results = await channel.send(
      [
        section('wc -c', bytes),
        section('true', bytes),
        section('head -c 3 | wc -c', bytes),
        section('cat', bytes),
        section('cat'),
      ],
      1 << 20,
    )
    expect(
      texts(results)
        .map((t) => t.trim())
        .slice(0, 3),
    ).toEqual(['200001', '', '3'])
    expect(results[3]?.stdout.equals(bytes)).toBe(true)
    expect(results[4]?.stdout.length).toBe(0)
  })

  it('takes frames while others are under way', async () => {
    const channel = await shell(argv)
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => channel.send([section(`echo ${i}`)], 100)))
    expect(all.map((r) => texts(r)[0])).toEqual(Array.from({ length: 20 }, (_, i) => `${i}\n`))
  })

  it('keeps scripts from reading the frame stream', async () => {
    const channel = await shell(argv)
    const [first, second] = await Promise.all([
      channel.send([section('cat; read -r x; echo "[$x]"')], 100),
      channel.send([section('echo second')], 100),
    ])
    expect(texts(first)).toEqual(['[]\n'])
    expect(texts(second)).toEqual(['second\n'])
  })
})

describe('hostile or noisy hosts', () => {
  it('skips whatever is printed before the hello', async () => {
    const channel = await shell(['/bin/sh'], 'echo "+ exec sh -c LOOP $1"; head -c 100000 /dev/zero; echo motd >&2;\n')
    expect(texts(await channel.send([section('echo ok')], 100))).toEqual(['ok\n'])
  })

  it('drops output over the cap and stays in step', async () => {
    const channel = await shell()
    const before = process.memoryUsage().rss
    const [noise, after] = await channel.send(
      [section('head -c 100000000 /dev/urandom; head -c 3000000 /dev/zero >&2'), section('echo ok')],
      1000,
    )
    expect(noise).toMatchObject({ truncated: true, code: 0 })
    expect(noise?.stdout.length).toBe(1000)
    expect(after?.stdout.toString()).toBe('ok\n')
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })

  it('takes a marker with an old nonce for plain output', async () => {
    const channel = await shell()
    const old = '0123456789abcdef0123456789abcdef'
    const [result] = await channel.send([section(`echo ${old}:0:0; echo upgrade-push-frame ${old} 5`)], 1000)
    expect(result?.stdout.toString()).toBe(`${old}:0:0\nupgrade-push-frame ${old} 5\n`)
  })

  it('refuses a forged hello', async () => {
    await expect(shell(['/bin/sh'], 'echo "$1:begin:0";\n')).rejects.toMatchObject({ name: 'SplitError' })
  })

  it('stays dead after a script killed the loop', async () => {
    const channel = await shell()
    await expect(channel.send([section('kill -9 $$')], 100)).rejects.toMatchObject({ kind: 'lost' })
    await expect(channel.send([section('echo again')], 100)).rejects.toMatchObject({ kind: 'lost' })
  })

  it('reports streams that disagree', async () => {
    const start = async (nonce: string) =>
      pipeOf([
        '/bin/sh',
        '-c',
        `${LOOP.replace('__up_m $1 $3;', 'echo "$__up_n:$1:$3"; echo "$__up_n:$1:7" >&2;')}`,
        'x',
        nonce,
      ])
    const channel = await openChannel('h', start, { timeoutMs: 5000 })
    await expect(channel.send([section('true')], 100)).rejects.toMatchObject({ kind: 'protocol' })
  })

  it('never lets a script take a cut payload for a whole one', async () => {
    const dir = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
    let pipe: (Pipe & { pid: number }) | undefined
    const start = async (nonce: string) => {
      pipe = pipeOf(['/bin/sh', '-c', LOOP, 'x', nonce])
      return pipe
    }
    const channel = await openChannel('h', start, { timeoutMs: 5000 })
    const cut = {
      size: 1_000_000,
      async *open() {
        yield Buffer.alloc(400_000)
        await new Promise((resolve) => setTimeout(resolve, 200))
        pipe?.stdin.end()
        await new Promise((resolve) => setTimeout(resolve, 2000))
      },
    }
    const frame = channel.send([{ ...section(`cat >${dir}/tmp; mv ${dir}/tmp ${dir}/final`), payload: cut }], 100)
    await expect(frame).rejects.toMatchObject({ kind: 'lost' })
    expect(existsSync(`${dir}/final`)).toBe(false)
    expect(existsSync(`${dir}/tmp`)).toBe(true)
    execFileSync('rm', ['-r', dir])
  })

  it('says when nothing greets', async () => {
    const start = async () => pipeOf(['/bin/sh', '-c', 'echo This account is not available; exit 1'])
    await expect(openChannel('h', start, { timeoutMs: 5000 })).rejects.toMatchObject({ name: 'NoGreeting', code: 1 })
  })
})

it.runIf(existsSync('/usr/bin/busybox'))('works where head reads ahead (busybox applets)', async () => {
  const dir = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  execFileSync('/usr/bin/busybox', ['--install', '-s', dir])
  const channel = await shell(['/usr/bin/busybox', 'ash'], '', { PATH: dir })
  const big = Buffer.alloc(200_001, 'abc\n')
  const results = await channel.send(
    [section('wc -c', big), section('head -n 1', big), section('cat', Buffer.from('x'))],
    100,
  )
  expect(texts(results).map((t) => t.trim())).toEqual(['200001', 'abc', 'x'])
  execFileSync('rm', ['-r', dir])
})

describe('a listener', () => {
  /** What happened, in order: `0 begin`, `0 out: text`, ... */
  function listening(said: string[], index: number): Listener {
    return {
      begin: () => said.push(`${index} begin`),
      hear: (stream, bytes) => said.push(`${index} ${stream}: ${bytes.toString().trim()}`),
      end: () => said.push(`${index} end`),
    }
  }

  it('hears its section while it runs, and no other', async () => {
    const channel = await shell()
    const said: string[] = []
    const scripts = ['echo a; sleep 0.3; echo b >&2', 'echo not heard; sleep 0.1', 'echo c']
    const sections = scripts.map((script, i) => ({
      ...section(script),
      listener: i === 1 ? undefined : listening(said, i),
    }))
    const results = channel.send(sections, 100, undefined, (index) => said.push(`${index} result`))
    while (said.length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(said).toEqual(['0 begin', '0 stdout: a'])
    await results
    // The two streams of a channel are not in step: a section may be heard before its turn.
    const without = (text: string) => said.filter((one) => one !== text)
    const turns = ['0 end', '0 result', '1 result', '2 begin', '2 end', '2 result']
    expect(without('2 stdout: c')).toEqual(['0 begin', '0 stdout: a', '0 stderr: b', ...turns])
    expect(said.indexOf('2 stdout: c')).toBeGreaterThan(said.indexOf('0 stdout: a'))
    expect(said.indexOf('2 stdout: c')).toBeLessThan(said.indexOf('2 end'))
  })

  it('hears what imitates the end of a section as what it is', async () => {
    const channel = await shell()
    const said: string[] = []
    const old = '0123456789abcdef0123456789abcdef'
    const script = `echo ${old}:0:0; echo ${old}:0:0 >&2; sleep 0.2; echo upgrade-push-frame ${old} 5; sleep 0.2`
    const [result] = await channel.send([{ ...section(script), listener: listening(said, 0) }], 1000)
    expect(said.filter((text) => /stdout/.test(text))).toEqual([
      `0 stdout: ${old}:0:0`,
      `0 stdout: upgrade-push-frame ${old} 5`,
    ])
    expect(result?.stdout.toString()).toBe(`${old}:0:0\nupgrade-push-frame ${old} 5\n`)
  })

  it('is told of the end of a section that never ends, and of no more', async () => {
    const channel = await shell()
    const said: string[] = []
    const sections = ['sleep 20', 'true'].map((script, i) => ({ ...section(script), listener: listening(said, i) }))
    const frame = channel.send(sections, 100)
    setTimeout(() => channel.close(), 100)
    await expect(frame).rejects.toMatchObject({ kind: 'lost' })
    expect(said).toEqual(['0 begin', '0 end'])
  })
})

describe('time and cancelling', () => {
  it('bounds each section', async () => {
    const channel = await shell()
    const sections = [section('sleep 0.2'), { ...section('sleep 20'), timeoutMs: 300 }]
    await expect(channel.send(sections, 100)).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('rejects at once when aborted', async () => {
    const channel = await shell()
    const abort = new AbortController()
    const frame = channel.send([section('sleep 20')], 100, abort.signal)
    setTimeout(() => abort.abort(), 100)
    await expect(frame).rejects.toMatchObject({ kind: 'aborted' })
  })
})

it('returns any output unchanged (property)', async () => {
  const channel = await shell()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 4 }), async (payloads) => {
      const results = await channel.send(
        payloads.map((p) => section('cat', p)),
        10_000,
      )
      expect(
        results.map((r) => Buffer.compare(r.stdout, Buffer.from(payloads[results.indexOf(r)] as Uint8Array))),
      ).toEqual(payloads.map(() => 0))
    }),
    { numRuns: 60 },
  )
})
