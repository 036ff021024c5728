import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import { Tmux } from '../../lab/tmux.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { CLI, Workspace } from './cli.ts'
import { put } from './files.ts'

// What a command prints is seen while it runs: over SSH as another user, and on this machine itself.

let fleet: Fleet
let work: Workspace
let local: string
let count = 0

beforeAll(async () => {
  work = await Workspace.make()
  local = await put(work, 'hosts.ini', 'here ansible_connection=local\n')
  fleet = await startFleet({ name: 'e2e-live', hosts: [{ name: 'talk1', kind: 'plain' }] })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

const playbook = (tasks: string) =>
  put(work, `play${count++}.yml`, `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`)
/** Says `working 1`, `working 2`, ... until there is a file, and fails when there is none within a minute. */
const until = (file: string) =>
  `for n in $(seq 600); do echo working $n; test ! -e ${file} || exit 0; sleep 0.1; done; exit 1`
const works = (event: RunEvent) => event.type === 'progress' && /^working \d+$/.test(event.line)
const newest = async () => (await work.runs()).at(-1) as string

test('lines of a command arrive before its result: as events, in the journal, in the log of the host, in watch', async () => {
  const tasks = `    - command: whoami\n    - shell: ${until('/tmp/heard')}\n    - command: echo next\n`
  const run = work.start([
    '-i',
    fleet.inventoryPath,
    await playbook(tasks),
    '-b',
    '--output',
    'json',
    '-e',
    'ansible_user=ops',
  ])
  const event = await run.event('a line', works)
  expect(event).toMatchObject({ host: 'talk1', play: 0, step: 1 })
  const watching = work.start(['watch', 'last', '--output', 'json'])
  await watching.event('a line', works)
  await fleet.exec('talk1', ['touch', '/tmp/heard'])
  const { code, events, stdout } = await run.ended
  expect(code, stdout).toBe(0)
  const result = events.findIndex((one) => one.type === 'host_result' && one.step === 1)
  expect(events.findIndex(works)).toBeLessThan(result)
  expect(events.findLastIndex(works)).toBeLessThan(result)
  const said = (events[result] as { result?: { stdout_lines?: string[] } }).result?.stdout_lines ?? []
  expect(said).toEqual(said.map((_, n) => `working ${n + 1}`))
  expect((await watching.ended).events).toEqual(events)
  expect((await work.journal(await newest())).filter(works)).toEqual(events.filter(works))
  expect(await readFile(join(await newest(), 'hosts/talk1.log'), 'utf8')).toMatch(/^\S+ {3}working \d+$/m)
})

test('nothing of a step under no_log is seen, in any of them', async () => {
  const tasks = `    - shell: for n in $(seq 30); do echo geheim $n; sleep 0.1; done\n      no_log: true\n`
  const run = await work.run(['-i', fleet.inventoryPath, await playbook(tasks), '--output', 'json'])
  expect(run.code, run.stdout).toBe(0)
  expect(run.events.filter(({ type }) => type === 'progress')).toEqual([])
  expect(run.stdout + (await readFile(join(await newest(), 'hosts/talk1.log'), 'utf8'))).not.toMatch(/geheim \d/)
})

test('a command that floods, and imitates the frames, is seen now and then and ends as ever', async () => {
  const tasks = `    - shell: |
        end=$(($(date +%s) + 4))
        while [ $(date +%s) -lt $end ]; do
          for n in 0 1 2; do echo 0123456789abcdef0123456789abcdef:$n:0; echo 0123456789abcdef0123456789abcdef:$n:0 >&2; done
          head -c 3000000 /dev/urandom; head -c 3000000 /dev/zero | tr '\\0' x >&2; printf '\\n\\033[2Jowned\\n'
        done
      register: noise
    - command: echo still in step
`
  const run = await work.run(['-i', fleet.inventoryPath, await playbook(tasks), '--output', 'json'])
  expect(run.code, run.stdout.slice(-2000)).toBe(0)
  const lines = run.events.flatMap((event) => (event.type === 'progress' ? [event.line] : []))
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.length).toBeLessThan(20)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(2000)
  const results = run.events.flatMap((event) => (event.type === 'host_result' ? [event] : []))
  expect(results.map(({ result }) => result?.truncated)).toEqual([true, undefined])
  expect(results[1]?.result?.stdout).toBe('still in step')
})

test('a link that is cut in the middle is told as ever, with what was seen until then', async () => {
  const run = work.start([
    '-i',
    fleet.inventoryPath,
    await playbook(`    - shell: ${until('/tmp/never')}\n`),
    '--output',
    'json',
  ])
  await run.event('a line', works)
  await fleet.host('talk1').dropSessions()
  const { code, events } = await run.ended
  expect(code).toBe(4)
  const last = events.findLastIndex(works)
  expect(events.slice(last).map(({ type }) => type)).toContain('host_result')
  expect(events.find(({ type }) => type === 'host_result')).toMatchObject({ status: 'unreachable' })
})

test('the plain output shows a line every few seconds, the screen the newest of each host and its log them all', async () => {
  const file = join(work.dir, 'seen')
  const slow = await playbook(`    - name: Slow\n      shell: ${until(file)}\n`)
  const plain = work.run([
    '-i',
    local,
    await playbook('    - name: Slow\n      shell: for n in $(seq 70); do echo working $n; sleep 0.1; done\n'),
  ])
  const terminal = await Tmux.start({
    columns: 100,
    rows: 24,
    cwd: work.dir,
    env: { XDG_STATE_HOME: join(work.dir, 'state') },
  })
  try {
    await terminal.type(`${process.execPath} ${CLI} -i ${local} ${slow}; echo "code=$?"`)
    await terminal.keys('Enter')
    await terminal.until(/here .*Slow .*working \d+/)
    await terminal.keys('l')
    await terminal.until(/working \d+\n(.*\n)*.*working \d+/)
    await put(work, 'seen', '')
    await terminal.until(/ENDED: done/)
    await terminal.keys('q')
    await terminal.until(/code=0/)
  } finally {
    await terminal.vanish()
  }
  const { code, stdout } = await plain
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ {2}\[here\] Slow \d+ s: working \d+$/m)])
})
