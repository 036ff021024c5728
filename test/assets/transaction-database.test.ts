import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DnfPlugin } from './dnf-plugin.ts'

const DATABASE = 'var/lib/rpm'
const OLD = { Packages: 'o'.repeat(5000), Basenames: 'names' }

let plugin: DnfPlugin
let folder: string
beforeEach(() => {
  plugin = new DnfPlugin()
  folder = join(plugin.dir, DATABASE)
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(OLD)) writeFileSync(join(folder, name), text)
  rpmdb(CONVERTS)
})
afterEach(() => plugin.remove())

/** Stands for the target's rpmdb; $db is the database that it is told to rebuild. */
const rpmdb = (script: string) =>
  writeFileSync(join(plugin.dir, 'bin/rpmdb'), `#!/bin/sh\ndb=$2\n${script}\n`, { mode: 0o755 })

// As rpm does it: beside the database, then the folders change places.
const CONVERTS = `cmp -s "$db/Packages" "$HOST/${DATABASE}/Packages" || exit 1
mkdir "$db""rebuilddb.$$" && echo new >"$db""rebuilddb.$$/rpmdb.sqlite" && rm -r "$db" && mv "$db""rebuilddb.$$" "$db"`
const WRITES = 'mkdir "$db""rebuilddb.$$"; echo ne >"$db""rebuilddb.$$/rpmdb.sqlite"'
const FILLS_UP = `${WRITES}; echo 'No space left on device'; exit 1`

/** An upgrade up to its transaction, which is another's matter; or a resume. */
const stage = (name: 'upgrade' | 'resume', extra = '') =>
  plugin.run(`import rpm
rpm.expandMacro = lambda text: "sqlite"
from upgrade_push_parts import resuming, rpmdb, running, verification
running.prepare = lambda base, stage: {"dryRun": True}
running.resolve = lambda base, stage, wanted: None
running.run_watched = lambda base: sys.exit(99)
resuming.plan.load = lambda: {}
resuming.work_left = lambda wanted: ([], [], [])
resuming.rpmdb.is_readable = lambda: True
${extra}
outcome.guard(lambda: ${name === 'upgrade' ? 'running.upgrade' : 'resuming.resume'}(None))
`)
const names = () => readdirSync(folder).sort()
const asBefore = () => {
  expect(names()).toEqual(Object.keys(OLD).sort())
  for (const [name, text] of Object.entries(OLD)) expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
}
const converted = () => {
  expect(names()).toEqual(['rpmdb.sqlite'])
  expect(readFileSync(join(folder, 'rpmdb.sqlite'), 'utf8')).toBe('new\n')
}

describe('converting the database', () => {
  test('the first change is known before the first file takes its place, and not before the new database is whole', () => {
    const look = `def look():
    assert open(rpmdb.paths.ROOT + "/var/lib/rpm/Packages").read() == "o" * 5000
    assert sorted(os.listdir(rpmdb.paths.ROOT + "/var/lib/rpm")) == [".rebuild", "Basenames", "Packages"]
    found = [os.path.join(where, name) for where, _, names in os.walk(rpmdb.paths.ROOT + "/var/lib/rpm/.rebuild") for name in names]
    assert [open(name).read() for name in found] == ["new\\n"], found
    original()
original, running.first_change = running.first_change, look`
    const { code, stderr } = stage('upgrade', look)
    expect(code, stderr).toBe(99)
    expect(plugin.journal()).toMatchObject([{ event: 'first-change' }])
    converted()
  })

  test.each([
    ['rpm has no room for it', () => rpmdb(FILLS_UP), '', /can't be rebuilt.*No space left on device/],
    ['the copy has none', () => {}, 'full(3000)', /can't be rebuilt.*File too large/],
    [
      'the first change can not be journalled',
      () => mkdirSync(join(plugin.dir, 'state/progress.jsonl')),
      'progress.journal_events = lambda: []',
      /progress\.jsonl/,
    ],
  ])('where %s, nothing was begun and nothing is left of it', (_, prepare, extra, why) => {
    prepare()
    const { code, stderr, progress } = stage('upgrade', extra)
    expect(code, stderr).toBe(20)
    expect(stderr).toMatch(why)
    expect(progress.map(({ event }) => event)).not.toContain('first-change')
    expect(progress.at(-1)).toMatchObject({ event: 'failed', changed: false })
    asBefore()
  })

  test('killed before the first change, the next upgrade begins anew', () => {
    rpmdb(`${WRITES}; kill -9 $PPID`)
    expect(stage('upgrade').code).toBe(null)
    expect(existsSync(join(plugin.dir, 'state/progress.jsonl'))).toBe(false)
    expect(stage('resume')).toMatchObject({ code: 20, stderr: expect.stringContaining('has not begun') })
    rpmdb(CONVERTS)
    expect(stage('upgrade').code).toBe(99)
    converted()
  })

  // Each rename, unlink and removal of a folder is a moment at which the power may go.
  test.each(Array.from({ length: 5 }, (_, n) => n))(
    'killed after %i changes of the live database, resume ends with the new one',
    (n) => {
      const cut = `left = ${n}
def counted(work):
    def change(path, *rest, **named):
        global left
        if outcome.changed and not isinstance(path, int):
            if left == 0: os.kill(os.getpid(), 9)
            left -= 1
        return work(path, *rest, **named)
    return change
os.rename, os.unlink, rpmdb.shutil.rmtree = counted(os.rename), counted(os.unlink), counted(rpmdb.shutil.rmtree)`
      expect(stage('upgrade', cut).code).toBe(n < 4 ? null : 99)
      expect(plugin.journal()[0]).toMatchObject({ event: 'first-change' })
      const { code, stderr } = stage('resume')
      expect(code, stderr).toBe(0)
      expect(names().filter((name) => name === 'rpmdb.sqlite')).toHaveLength(1)
      expect(readFileSync(join(folder, 'rpmdb.sqlite'), 'utf8')).toBe('new\n')
    },
  )

  test('a resume that has no room for it fails after the change, with the database as it was', () => {
    writeFileSync(join(plugin.dir, 'state/progress.jsonl'), '{"event": "first-change"}\n')
    rpmdb(FILLS_UP)
    const { code, stderr } = stage('resume')
    expect(code, stderr).toBe(21)
    asBefore()
  })
})

describe('the space of the database', () => {
  const need = (backend: string, target: string, needed: string) => {
    const { stdout, stderr } = plugin.run(
      `import rpm
rpm.expandMacro = lambda text: "${backend}"
from upgrade_push_parts import space
table = space.Mounts({"/", "/usr", "/var"}, {"/": 0, "/usr": 0, "/var": 0})
print(space.with_database(${needed}, table))
`,
      { UPGRADE_PUSH_DBPATH: target },
    )
    return stdout.trim() || stderr
  }
  // 5000 and 5 bytes: three blocks. A conversion has a copy and the new one beside it.
  test.each([
    ['stays as it is', 'bdb', '/var/lib/rpm', '{"/usr": 7}', "{'/usr': 7}"],
    ['is converted', 'sqlite', '/var/lib/rpm', '{"/usr": 7}', `{'/usr': 7, '/var': ${6 * 4096}}`],
    [
      'is converted, which is over before packages take more',
      'sqlite',
      '/var/lib/rpm',
      '{"/var": 9000000}',
      "{'/var': 9000000}",
    ],
    [
      'is moved once all packages are there',
      'bdb',
      '/usr/lib/sysimage/rpm',
      '{"/usr": 7}',
      `{'/usr': ${7 + 3 * 4096}}`,
    ],
    [
      'is converted and moved',
      'sqlite',
      '/usr/lib/sysimage/rpm',
      '{"/": 1}',
      `{'/': 1, '/var': ${6 * 4096}, '/usr': ${3 * 4096}}`,
    ],
  ])('that %s', (_, backend, target, needed, expected) => {
    expect(need(backend, target, needed)).toBe(expected)
  })
})
