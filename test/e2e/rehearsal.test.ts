import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Tmux } from '../../lab/tmux.ts'
import { allEvents } from '../../src/events/read-journal.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { CLI, INITRAMFS, Workspace } from './cli.ts'

// The built program rehearses: no fleet is needed, and none could be reached.

let work: Workspace

beforeAll(async () => {
  work = await Workspace.make()
})
afterAll(() => work.remove())

const rehearsal = (hosts: string, ...more: string[]) => ['-i', hosts, INITRAMFS, '--rehearse', '--seed', '7', ...more]
const built = (event: RunEvent) => event.type === 'progress' && /^dracut/.test(event.line)

test('without a network, without keys and without known_hosts: every line says what it is', async () => {
  const home = join(work.dir, 'nobody')
  const args = rehearsal('web[01:20],', '--speed', '5000', '-k', '-K', '--private-key', '/no/such/key', '-u', 'nobody')
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', process.execPath, CLI, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1' },
    input: '',
  })
  expect([status, stderr], stdout.slice(-2000)).toEqual([0, ''])
  const lines = stdout.split('\n').slice(0, -1)
  expect(lines.filter((line) => !line.startsWith('REHEARSAL '))).toEqual([])
  expect(lines[0]).toMatch(/simulated hosts, nothing is connected; the built-in profile, --seed 7 --speed 5000$/)
  expect(stdout).toMatch(/PLAY RECAP[\s\S]*web20 +: ok=7 +changed=6/)
})

test.skipIf(spawnSync('strace', ['-V']).error)('no system call of it is about the network', async () => {
  const trace = join(work.dir, 'trace')
  const args = ['-f', '-qq', '-e', 'trace=%network', '-o', trace, process.execPath, CLI]
  const { status } = spawnSync('strace', [...args, ...rehearsal('web1,', '--speed', '10000')], {
    env: { ...process.env, XDG_STATE_HOME: join(work.dir, 'state') },
  })
  expect([status, await readFile(trace, 'utf8')]).toEqual([0, expect.not.stringMatching(/AF_INET/)])
})

test('the same seed gives the same run, and each event and the journal are marked', async () => {
  const args = rehearsal('web[01:12],', '--speed', '20000', '--output', 'json')
  const [one, other] = [await work.run(args), await work.run(args)]
  const told = (events: readonly RunEvent[]) =>
    events.map(({ run: _run, t: _t, seq: _seq, ...event }) => event).filter(({ type }) => type !== 'run_started')
  expect(told(other.events).length).toBeGreaterThan(200)
  expect(told(other.events).filter(({ type }) => type !== 'warning')).toEqual(
    told(one.events).filter(({ type }) => type !== 'warning'),
  )
  const journal = await work.journal((await work.runs()).at(-1) as string)
  expect(journal).toHaveLength(other.events.length)
  expect(journal.filter((event) => !event.rehearsal)).toEqual([])
  expect(journal[0]?.rehearsal).toMatch(/--seed 7/)
})

test('Ctrl-C: once, hosts end their step; twice, they are cut off in it', async () => {
  const once = work.start(rehearsal('web[1:3],', '--speed', '50', '--output', 'json'))
  await once.event('the build', built)
  once.signal('SIGINT')
  const { code, events } = await once.ended
  expect(code).toBe(99)
  const last = events.filter((event) => event.type === 'host_result').at(-1)
  expect([last?.step, last?.status]).toEqual([4, 'changed'])
  expect(events.some((event) => event.type === 'task_started' && event.step === 5)).toBe(false)

  const twice = work.start(rehearsal('web[1:3],', '--speed', '1', '--output', 'json'))
  await twice.event('the start', ({ type }) => type === 'task_started')
  twice.signal('SIGINT')
  await twice.event('the first Ctrl-C', ({ type }) => type === 'interrupt')
  twice.signal('SIGINT')
  const cut = await twice.ended
  expect(cut.code).toBe(99)
  expect(cut.events.flatMap((event) => (event.type === 'host_result' ? [event.message] : []))).toEqual(
    Array.from({ length: 3 }, () => 'cancelled by the operator'),
  )
})

test('a kill -9 leaves a journal that can be read and is marked', async () => {
  const run = work.start(rehearsal('web[01:50],', '--speed', '200', '--output', 'json'))
  await run.event('a container', (event) => event.type === 'progress')
  run.signal('SIGKILL')
  expect((await run.ended).code).toBeNull()
  const events = await allEvents(join((await work.runs()).at(-1) as string, 'events.ndjson'))
  expect(events.length).toBeGreaterThan(50)
  expect(events.every((event) => event.rehearsal)).toBe(true)
  expect(events.at(-1)?.type).not.toBe('run_finished')
})

test('a thousand hosts with a profile of their own; the exit code is that of a real run', async () => {
  const profile = join(work.dir, 'rough.yml')
  await writeFile(
    profile,
    'tasks:\n  run_dracut: { failed: { rate: 10%, messages: ["no space: {1-9} MiB are free"] } }\n',
  )
  const { code, stdout } = await work.run(
    rehearsal('web[0001:1000],', '--profile', profile, '--forks', '500', '--speed', '300'),
  )
  const failed = stdout.match(/^REHEARSAL web\d+ .* failed=1 /gm)?.length ?? 0
  expect([code, stdout.split('\n').length < 12_000]).toEqual([4, true])
  expect(failed).toBeGreaterThan(70)
  expect(failed).toBeLessThan(150)
})

test('one that was killed while it was watched is not said to be continued: there is nothing to continue', async () => {
  const run = work.start(rehearsal('web[1:5],', '--speed', '1', '--output', 'json'))
  const { run: id } = await run.event('its beginning', (event) => event.type === 'task_started')
  const watcher = work.start(['watch', 'last', '--output', 'json'])
  await watcher.event('its beginning', (event) => event.type === 'task_started')
  run.signal('SIGKILL')
  await run.ended
  const { code, stderr } = await watcher.ended
  expect(code).toBe(99)
  expect(stderr).toBe(
    `The process of run ${id} ended without the run's end. It was a rehearsal; look at it with: upgrade-push runs show ${id}\n`,
  )
  const again = await work.run(['watch', id])
  expect(again.code).toBe(1)
  expect(again.stderr).toMatch(/was cut off\n +look at it with: upgrade-push runs show/)
})

test('one that was killed while it was watched on a terminal: nobody left that screen', async () => {
  const run = work.start(rehearsal('web[1:5],', '--speed', '1', '--output', 'json'))
  const { run: id } = await run.event('its beginning', (event) => event.type === 'task_started')
  const env = { XDG_STATE_HOME: join(work.dir, 'state') }
  const terminal = await Tmux.start({ columns: 120, rows: 30, cwd: work.dir, env })
  try {
    await terminal.type(`${process.execPath} ${CLI} watch ${id}; echo exit $?`)
    await terminal.keys('Enter')
    await terminal.until(/5 running/)
    run.signal('SIGKILL')
    await run.ended
    const words = (await terminal.until(/exit \d+\n/)).replaceAll('\n', '')
    expect(words).toContain('initramfs.yml: its process ended before the run did')
    expect(words).toContain(`The process of run ${id} ended without the run's end.`)
    expect(words).toMatch(/exit 99\b/)
  } finally {
    await terminal.vanish()
  }
})

test('watched and shown again on a terminal: its clock is that of its hosts, and who is not done is neither ok nor changed', async () => {
  const run = work.start(rehearsal('web[01:40],', '--forks', '10', '--speed', '100', '--output', 'json'))
  const { run: id } = await run.event('the build', built)
  const terminal = await Tmux.start({
    columns: 120,
    rows: 30,
    cwd: work.dir,
    env: { XDG_STATE_HOME: join(work.dir, 'state') },
  })
  try {
    await terminal.type(`${process.execPath} ${CLI} watch ${id}; ${process.execPath} ${CLI} runs show ${id}`)
    await terminal.keys('Enter')
    const title = (await terminal.until(/10 running/)).split('\n')[0]
    expect(title).toMatch(/^upgrade-push APPLY initramfs\.yml .*\d+m\d\ds$/)
    run.signal('SIGINT')
    expect((await run.ended).code).toBe(99)
    await terminal.until(/REPLAY of a journal[\s\S]*40 hosts:/)
    await terminal.keys('q')
    expect(await terminal.until(/the replay was left/)).toMatch(/the replay was left, the run ended as aborted/)
  } finally {
    await terminal.vanish()
  }
  const listed = (await work.run(['runs', '--output', 'json'])).stdout.split('\n')
  const summary = JSON.parse(listed.find((line) => line.includes(`"run":"${id}"`)) as string)
  const { ok, changed, failed, unreachable, stopped, notBegun } = summary.tally
  expect(summary.started.replaceAll(/[-:]|\.000/g, '')).toBe(id.slice(0, 16))
  expect([ok, changed, failed + unreachable + stopped + notBegun]).toEqual([0, 0, 40])
  expect(stopped).toBeGreaterThan(20)
  const plain = await work.run(['runs', 'show', id])
  expect(plain.stdout).toContain('40 hosts: 0 well')
  expect(plain.stdout).toContain(`${stopped} stopped`)
})

test('looked at again it is still a rehearsal, and no real run goes by it', async () => {
  const hosts = 'web[01:30],'
  const { code } = await work.run(rehearsal(hosts, '--speed', '20000'))
  const listed = await work.run(['runs'])
  const shown = await work.run(['runs', 'show', 'last'])
  expect([code, listed.stdout, shown.stdout]).toEqual([
    0,
    expect.stringContaining('rehearsal'),
    expect.stringContaining('PLAY RECAP'),
  ])
  expect(shown.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('REHEARSAL '))).toEqual([])
  const resumed = await work.run(['resume', 'last'])
  expect([resumed.code, resumed.stderr]).toEqual([1, expect.stringMatching(/is a rehearsal/)])
  const rerun = ['-i', hosts, INITRAMFS, '--rerun', 'changed', 'last']
  const real = await work.run(rerun)
  expect([real.code, real.stdout, real.stderr]).toEqual([
    1,
    '',
    expect.stringMatching(/was a rehearsal.*\n.*--rehearse/),
  ])
  expect((await work.run([...rerun, '--rehearse', '--speed', '20000', '--seed', '7'])).code).toBe(0)
})

test.each([
  [['--seed', '3'], 5, /^--seed is for a rehearsal\n.*add --rehearse/],
  [['--rehearse', '--speed', '0'], 5, /^--speed: must be a whole number from 1/],
  [['--rehearse', '--profile', 'none'], 1, /^--profile: none: there is no such file and no such run\n/],
  [['--rehearse=yes'], 5, /^--rehearse takes no value/],
])('%j is refused before anything is begun', async (more, expected, message) => {
  const { code, stdout, stderr } = await work.run(['-i', 'web1,', INITRAMFS, ...more])
  expect([code, stdout, stderr]).toEqual([expected, '', expect.stringMatching(message)])
})
