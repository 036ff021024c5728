import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commandTask, quoteExpanding } from '../../../src/tasks/generic/command.ts'
import { shellTask } from '../../../src/tasks/generic/shell.ts'
import { splitWords } from '../../../src/tasks/generic/split-words.ts'
import { LocalHost } from './local-host.ts'

describe.each(['/bin/dash', '/bin/bash'])('under %s', (shell) => {
  let host: LocalHost
  beforeEach(() => {
    host = new LocalHost(shell)
  })
  afterEach(() => host.remove())

  const run = async (task: typeof commandTask | typeof shellTask, args: unknown) =>
    host.run(task, await host.check(task, args))

  test('the result has what Ansible users look for', async () => {
    const done = await run(commandTask, { cmd: `sh -c 'echo one; echo two; echo err >&2; sleep 0.05; exit 3'` })
    expect(done.code).toBe(3)
    expect(done.result).toEqual({
      cmd: ['sh', '-c', 'echo one; echo two; echo err >&2; sleep 0.05; exit 3'],
      rc: 3,
      stdout: 'one\ntwo',
      stdout_lines: ['one', 'two'],
      stderr: 'err',
      stderr_lines: ['err'],
      start: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      end: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      delta: expect.stringMatching(/^0:00:0\d\.\d{6}$/),
    })
  })

  test('200000 empty lines do not hold the controller up', () => {
    const frame = shellTask.compile?.({ cmd: 'true', strip: true }, host.files)
    const empty = '\r\n'.repeat(100_000)
    const begun = performance.now()
    const result = frame?.result?.({ code: 0, stdout: `${empty}x${empty}`, stderr: `${empty}y`, truncated: false })
    expect([result?.stdout, result?.stderr]).toEqual([`${empty}x`, `${empty}y`])
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('words reach the program as they are; no shell reads them', async () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text.replaceAll(/[\0$]/g, 'x')).toString()),
          { minLength: 1, maxLength: 4 },
        ),
        (words) => {
          const frame = commandTask.compile?.(
            { cmd: ['printf', '%s\\n', ...words], strip: false, expand: true },
            host.files,
          )
          const output = host.sh(frame?.script ?? '')
          expect(frame?.result?.(output).stdout).toBe(words.map((word) => `${word}\n`).join(''))
        },
      ),
      { numRuns: 30 },
    )
    expect((await run(commandTask, { cmd: 'echo a | cat > /dev/null; echo *' })).result.stdout).toBe(
      'a | cat > /dev/null; echo *',
    )
  })

  test('environment variables are put in unless that is switched off; unknown ones stay', async () => {
    const cmd = `echo $HOME \${HOME}/x $NO_SUCH_NAME \${NO_SUCH_NAME} $(id) $1`
    const { HOME } = process.env
    expect((await run(commandTask, { cmd })).result.stdout).toBe(
      `${HOME} ${HOME}/x $NO_SUCH_NAME \${NO_SUCH_NAME} $(id) $1`,
    )
    expect((await run(commandTask, { cmd, expand_argument_vars: false })).result.stdout).toBe(cmd.slice(5))
  })

  test('chdir, stdin, and empty ends', async () => {
    mkdirSync(join(host.dir, 'sub'))
    expect((await run(commandTask, { cmd: 'pwd', chdir: join(host.dir, 'sub') })).result.stdout).toBe(
      join(host.dir, 'sub'),
    )
    expect((await run(commandTask, { cmd: 'pwd', chdir: join(host.dir, 'none') })).code).toBe(1)
    expect((await run(commandTask, { cmd: 'cat', stdin: 'in' })).result.stdout).toBe('in')
    const raw = await run(commandTask, { cmd: 'cat', stdin: 'in', stdin_add_newline: false, strip_empty_ends: false })
    expect(raw.result.stdout).toBe('in')
    expect((await run(commandTask, { cmd: 'cat' })).result.stdout).toBe('')
  })

  test('the spec that is journalled holds no text for stdin', async () => {
    const verdict = await host.check(shellTask, { cmd: 'cat', stdin: 'hunter2-hunter2' })
    expect(JSON.stringify(verdict)).not.toContain('hunter2')
  })

  test('without a guard it is an action; creates and removes make it a change that can be verified', async () => {
    const f = join(host.dir, 'a b')
    expect((await host.check(commandTask, { cmd: 'true' })).kind).toBe('action')
    const { before, after } = await host.converge(shellTask, { cmd: `echo x > '${f}'`, creates: f })
    expect(before.touches).toEqual(['*'])
    expect(after).toMatchObject({ result: { rc: 0, msg: `did not run the command since ${f} exists` } })
    expect((await host.check(shellTask, { cmd: 'x', creates: `${host.dir}/a*` })).kind).toBe('ok')
    expect((await host.check(shellTask, { cmd: 'x', creates: `${host.dir}/[!a]*` })).kind).toBe('change')
    expect((await host.check(shellTask, { cmd: 'x', creates: 'a b', chdir: host.dir })).kind).toBe('ok')
    await host.converge(commandTask, { argv: ['rm', f], removes: f })
    const lies = host.run(commandTask, await host.check(commandTask, { cmd: 'true', creates: f }))
    expect([lies.code, (await host.check(commandTask, { cmd: 'true', creates: f })).kind]).toEqual([0, 'change'])
  })

  test('shell text may be anything, in the shell asked for, and is not in argv', async () => {
    const cmd = "set -- a 'b c'\nfor x; do echo \"<$x>\"; done | tr a-z A-Z\ncat /proc/$$/cmdline | tr '\\0' ' '"
    const done = await run(shellTask, { cmd })
    expect(done.result.stdout_lines).toEqual(['<A>', '<B C>', expect.not.stringContaining('tr a-z')])
    expect(
      (await run(shellTask, { cmd: `echo "\${BASH_VERSION:+bash}\${UPGRADE_PUSH_TEXT}"`, executable: '/bin/bash' }))
        .result.stdout,
    ).toBe('bash')
    expect((await run(shellTask, { cmd: 'printf "%s\\n" BEGIN{print}', executable: '/usr/bin/printf' })).code).toBe(0)
  })

  test('times that a command makes up change nothing else', async () => {
    const done = await run(shellTask, { cmd: "printf 'x\\nupgrade-push-times 1 2\\n'" })
    expect(done.result.stdout).toBe('x\nupgrade-push-times 1 2')
  })

  test('a pipe as creates is not opened', async () => {
    host.sh(`mkfifo '${host.dir}/p'`)
    expect((await host.check(commandTask, { cmd: 'x', creates: join(host.dir, 'p') })).kind).toBe('ok')
    writeFileSync(join(host.dir, 'kept'), 'k')
    expect(readFileSync(join(host.dir, 'kept'), 'utf8')).toBe('k')
  })
})

test.each([
  ['uname -r', ['uname', '-r']],
  [`  a "b c"  'd "e"' f\\ g h"i"'j' `, ['a', 'b c', 'd "e"', 'f g', 'hij']],
  [`"a\\"b\\c\\\\" '' ""`, ['a"b\\c\\', '', '']],
  ['a\nb\tc', ['a', 'b', 'c']],
  ['', []],
])('%j is split into %j', (line, words) => {
  expect(splitWords(line)).toEqual(words)
})

test.each([
  ["it's", 'no closing single quote'],
  ['say "x', 'no closing double quote'],
  ['x\\', 'ends with a backslash'],
])('%j is refused: %s', (line, message) => {
  expect(() => splitWords(line)).toThrow(message)
})

test.each([
  [commandTask, {}, /needs a command/],
  [commandTask, { cmd: 'a', argv: ['b'] }, /needs a command/],
  [commandTask, { cmd: '   ' }, /empty/],
  [commandTask, { cmd: "it's" }, /no closing/],
  [commandTask, { cmd: 'a', creates: 'relative' }, /absolute/],
  [commandTask, { cmd: 'a', warn: false }, /warn/],
  [shellTask, { cmd: ' \n' }, /empty/],
  [shellTask, { cmd: 'x'.repeat(130_000) }, /longer than 120 KiB/],
  [shellTask, { cmd: 'x', executable: 'bash' }, /absolute/],
])('%s refuses bad arguments %#', (task, args, message) => {
  expect(() => task.args.parse(args)).toThrow(message)
})

test('a word without a dollar sign is quoted as ever', () => {
  expect(quoteExpanding("a'b")).toBe(`'a'\\''b'`)
})
