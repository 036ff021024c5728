import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DnfPlugin } from './dnf-plugin.ts'

let plugin: DnfPlugin
beforeEach(() => {
  plugin = new DnfPlugin()
})
afterEach(() => plugin.remove())

// What rpm does: every element in its order, through the callback. A line that raises here would end rpm at once.
const FOLLOW = `from upgrade_push_parts import observer
import rpm
progress.Journal().write("first-change")
watched = observer.Observer([("p{}-1-1.x".format(n), "upgrade") for n in range(6)])
def element(n):
    watched.callback(rpm.RPMCALLBACK_ELEM_PROGRESS, n, 6, None)
`

test('a journal that takes no more lines stops no transaction: it is told once, and goes on when there is room again', () => {
  const { code, stdout, stderr, progress } = plugin.run(`${FOLLOW}
element(0)
full(os.path.getsize(paths.JOURNAL) + 30)
for n in range(1, 4): element(n)
full(resource.RLIM_INFINITY)
for n in range(4, 6): element(n)
watched.done()
watched.close()
`)
  expect(code, stderr).toBe(0)
  const told = /the transaction's journal can't be written \(File too large\): going on without it/
  expect(stdout.match(new RegExp(told, 'g'))).toHaveLength(1)
  expect(progress.filter(({ event }) => event === 'line')).toEqual([
    expect.objectContaining({ text: expect.stringMatching(told) }),
  ])
  expect(progress.filter(({ event }) => event === 'item')).toHaveLength(6)
  // Nothing is left of the line that went in but for its end.
  expect(plugin.journal().map(({ event, package: name }) => [event, name])).toEqual([
    ['first-change', undefined],
    ['started', 'p0-1-1.x'],
    ['finished', 'p3-1-1.x'],
    ['started', 'p4-1-1.x'],
    ['finished', 'p4-1-1.x'],
    ['started', 'p5-1-1.x'],
    ['finished', 'p5-1-1.x'],
    ['complete', undefined],
  ])
})

test('nor does one that takes none at all, the last one included, with nobody listening', () => {
  const { code, stderr, progress } = plugin.run(`${FOLLOW}
full(os.path.getsize(paths.JOURNAL))
sys.stdout.close()
sys.stdout = open("/dev/full", "w")
for n in range(6): element(n)
watched.done()
watched.close()
sys.stdout = sys.__stderr__
`)
  expect(code, stderr).toBe(0)
  expect(plugin.journal().map(({ event }) => event)).toEqual(['first-change'])
  expect(progress.filter(({ event }) => event === 'line')).toHaveLength(1)
})

test.each([
  ['not at all', 'full(0)'],
  ['but for its end', 'full(54)'],
])('the first change that can be journalled %s is none: nothing is begun', (_, limit) => {
  const { code, stderr } = plugin.run(`from upgrade_push_parts import running
${limit}
outcome.guard(running.first_change)
`)
  expect(code, stderr).toBe(20)
  expect(stderr).toContain('File too large')
  expect(readFileSync(join(plugin.dir, 'state/progress.jsonl'), 'utf8')).toBe('')
})

test('resume repeats packages whose lines were lost: nobody knows whether their scriptlets ran', () => {
  writeFileSync(
    join(plugin.dir, 'state/progress.jsonl'),
    `{"event": "first-change"}
{"event": "started", "package": "known-1-1.x"}
{"event": "finished", "package": "known-1-1.x"}
`,
  )
  const work = (extra = '') => {
    const { stderr, stdout } = plugin.run(`from upgrade_push_parts import resuming
resuming.verification.difference = lambda wanted: (["absent-1-1.x"], [], [])
resuming.rpmdb.installed = lambda: {name: [{}] for name in ("known-1-1.x", "lost-1-1.x", "again-1-1.x")}
resuming.has_late_scriptlet = lambda header: False
resuming.intact.is_intact = lambda header: True
items = [("upgrade", "known"), ("upgrade", "lost"), ("reinstall", "again"), ("install", "absent")]
items = [{"action": action, "nevra": name + "-1-1.x", "replaces": []} for action, name in items]
resuming.plan.COMING = {"install", "upgrade", "reinstall"}
${extra}
install, again, left = resuming.work_left({"items": items})
print([entry["nevra"] for entry in install], [entry["nevra"] for entry in again], left)
`)
    return stdout.trim().split('\n').at(-1) || stderr
  }
  expect(work()).toBe("['absent-1-1.x'] ['lost-1-1.x', 'again-1-1.x'] []")
  expect(work('progress.complete()')).toBe("['absent-1-1.x'] [] []")
})
