import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InitramfsShell } from './initramfs-shell.ts'

const PARTS = fileURLToPath(new URL('../../assets/dnf/', import.meta.url))

let shell: InitramfsShell
beforeEach(() => {
  shell = new InitramfsShell()
})
afterEach(() => shell.remove())

/** Runs a piece of the dnf plugin as the transaction does; its descriptor 3 goes into a file. */
const plugin = (code: string) => {
  const file = join(shell.dir, 'channel')
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'exec python3 -B -c "$1" 3>>"$2"', 'sh', `from upgrade_push_parts import paths, progress\n${code}`, file],
    { encoding: 'utf8', env: { PATH: process.env.PATH, PYTHONPATH: PARTS, LC_ALL: 'C.UTF-8' } },
  )
  expect(status, stderr).toBe(0)
  return file
}
const parsed = (text: string) => {
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe.each([
  ['Japanese', '"日本" * 500', /^(日本)+日?\.\.\.$/],
  ['beyond the first plane', '"😀" * 1000', /^😀+\.\.\.$/u],
  ['no text at all', 'b"\\xff\\xfe".decode("utf-8", "surrogateescape") * 700', /^[\udcff\udcfe]+\.\.\.$/],
  [
    'the names of many packages',
    '", ".join("a-package-{}-1.0-1.el9.x86_64".format(n) for n in range(400))',
    /^a-pack.*\.\.\.$/,
  ],
])('a long line of the transaction: %s', (_, text, cut) => {
  test('is cut to what a pipe keeps whole, and ends where it ends', () => {
    const file = plugin(`progress.emit("line", text=${text})\nprogress.emit("item", n=1, of=2, package="a")`)
    const raw = readFileSync(file, 'latin1')
    expect(Math.max(...raw.split('\n').map((line) => line.length + 1))).toBeLessThanOrEqual(4000)
    expect(raw.split('\n')[0]?.length).toBeGreaterThan(3900)
    expect(parsed(raw)).toMatchObject([
      { event: 'line', text: expect.stringMatching(cut) },
      { event: 'item', package: 'a' },
    ])
  })
})

describe.each(['dash', 'bash'] as const)('relay under %s', (kind) => {
  const RELAY = '. "$UPGRADE_LIB/../85sys-upgrade-redhat/relay.sh"; PHASE=transaction; STEP=transaction; relay <"$1"'

  test('a line of another script and the package after it both arrive', () => {
    const file = plugin(
      'progress.emit("line", text="日本" * 500)\nprogress.emit("item", n=1, of=2, action="upgrade", package="a")',
    )
    expect(shell.run(kind, RELAY, [file])).toMatchObject({ code: 0 })
    expect(parsed(readFileSync(join(shell.runDir, 'progress.jsonl'), 'utf8'))).toMatchObject([
      { event: 'line' },
      { event: 'item', package: 'a' },
    ])
    expect(readFileSync(join(shell.runDir, 'item'), 'utf8')).toBe('1/2 upgrade a\n')
  })

  test('the reason is kept, however long, and without an end', () => {
    const long = plugin(
      'progress.emit("failed", text="not installed: " + ", ".join(["a-name-1.0-1.el9.x86_64"] * 300))',
    )
    shell.run(kind, RELAY, [long])
    expect(readFileSync(join(shell.runDir, 'told'), 'utf8')).toMatch(/^not installed: a-name/)
    writeFileSync(long, '{"event": "failed", "text": "cut off"}')
    shell.run(kind, RELAY, [long])
    expect(readFileSync(join(shell.runDir, 'told'), 'utf8')).toBe('cut off\n')
  })
})

test('what is written after a line that a power failure cut is a line of its own', () => {
  const journal = join(shell.dir, 'journal')
  const write = `paths.JOURNAL, paths.STATE = ${JSON.stringify(journal)}, ${JSON.stringify(shell.dir)}\nprogress.Journal().write("started", package="b")`
  writeFileSync(journal, '{"event": "first-change"}\n{"event": "started", "package": "a')
  plugin(`${write}\nassert [event["event"] for event in progress.journal_events()] == ["first-change", "started"]`)
  plugin(write)
  expect(readFileSync(journal, 'utf8').trimEnd().split('\n')).toHaveLength(4)
})
