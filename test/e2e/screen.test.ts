import { execFile } from 'node:child_process'
import { cp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Tmux } from '../../lab/tmux.ts'
import { CLI, Workspace } from './cli.ts'
import { put } from './files.ts'

// The built program on a real terminal. Its hosts are this machine, by ansible_connection=local: no fleet is needed.

const exec = promisify(execFile)

let work: Workspace
let terminal: Tmux
let inventory: string
let playbook: string

const PLAYBOOK = `- name: Slow
  hosts: all
  gather_facts: false
  serial: 3
  tasks:
    - name: First
      command: sleep 3
    - name: Hostile
      shell: printf '\\033[2J\\033[H\\033]0;owned\\007GONE\\n'; sleep 2; test {{ inventory_hostname }} != h2
    - name: Last
      command: sleep 2
`

beforeAll(async () => {
  work = await Workspace.make()
  inventory = await put(work, 'hosts.ini', '[local]\nh[1:5] ansible_connection=local\n')
  playbook = await put(work, 'slow.yml', PLAYBOOK)
})
afterAll(() => work.remove())
beforeEach(async () => {
  const env = { XDG_STATE_HOME: join(work.dir, 'state') }
  terminal = await Tmux.start({ columns: 80, rows: 24, cwd: work.dir, env })
})
afterEach(() => terminal.vanish())

async function begin(more = ''): Promise<void> {
  await terminal.type(`${process.execPath} ${CLI} -i ${inventory} ${playbook} ${more}; echo "code=$?"`)
  await terminal.keys('Enter')
  await terminal.until(/3 running/)
}

/** The process that drives the newest run, as its journal names it. */
async function runningProcess(): Promise<{ started: number }> {
  const [event] = await lastJournal()
  if (event?.type !== 'run_started' || !event.process) throw new Error('the journal does not begin with a process')
  return { started: event.process.pid }
}

const lastJournal = async () => work.journal((await work.runs()).at(-1) as string)

test('stopped from outside and continued, it is drawn anew', async () => {
  await begin()
  const { started } = await runningProcess()
  process.kill(started, 'SIGSTOP')
  await terminal.until(/Stopped/)
  await terminal.type('echo "$((6 * 7)) was typed meanwhile"')
  await terminal.keys('Enter')
  await terminal.until(/^42 was typed meanwhile/m)
  await terminal.type('fg')
  await terminal.keys('Enter')
  // From the first line on, as no shell has left it.
  const shown = await terminal.until(/^upgrade-push APPLY slow\.yml[\s\S]*q leave/)
  expect(shown).not.toMatch(/was typed meanwhile|Stopped/)
  await terminal.keys('j', 'Enter')
  await terminal.until(/h2, /)
  await terminal.until(/\[ENDED/)
  await terminal.keys('q')
  await terminal.until(/5 hosts: 4 done, 1 failed/)
})

test('keys, a new size, a failure, and what stays after the end', async () => {
  await begin()
  const first = await terminal.screen()
  expect(first.split('\n')[0]).toMatch(/^upgrade-push APPLY slow\.yml +left in this play: not known yet +\d+s$/)
  expect(first).toMatch(/q leave/)
  await terminal.keys('q')
  await terminal.until(/goes on only with this screen\. Press a/)
  await terminal.keys('j', 'Enter')
  await terminal.until(/h2, running/)
  await terminal.resize(60, 20)
  await terminal.until(/── h2, running +\(Esc: back\) ─+\n(?=[\s\S]*q leave)/)
  await terminal.keys('Escape')
  await terminal.until(/h2 +2\/3/)
  await terminal.keys('/')
  await terminal.type('h2')
  await terminal.keys('Enter')
  await terminal.until(/filter "h2", 1 of 5/)
  await terminal.resize(130, 40)
  // Whatever the host sends, it is text: the header is where it was, and nothing else is gone.
  const failed = await terminal.until(/x FAILED h2: .*GONE/)
  expect(failed.split('\n')[0]).toMatch(/^upgrade-push APPLY slow\.yml/)
  expect(failed).toContain('\\x1b[2J')
  // Somebody looks at something, so the end does not take it away.
  await terminal.until(/\[ENDED: failed, exit code 2/)
  await terminal.keys('q')
  const after = await terminal.until(/code=2/)
  expect(after).toMatch(/APPLY .*slow\.yml: failed, exit code 2\n +failed: h2: /)
  expect(after).toMatch(/5 hosts: 4 done, 1 failed/)
  expect(after).toMatch(/journal: .*events\.ndjson\n/)
  expect(after).toMatch(/to continue: upgrade-push resume \d{8}T/)
  expect(after).not.toMatch(/q leave/)
})

test('who touched nothing gets the prompt back at the end', async () => {
  await begin('--limit h1,h3,h4')
  expect(await terminal.until(/code=0/)).toMatch(/3 hosts: 3 done, 0 failed/)
})

test('pause, resume and skip reach the run; NO_COLOR leaves no colour', async () => {
  await terminal.type('export NO_COLOR=1')
  await terminal.keys('Enter')
  await begin()
  await terminal.keys('p')
  await terminal.until(/\[PAUSED/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what must not be there
  expect(await terminal.painted()).not.toMatch(/\x1b\[[\d;]*3[1-6]m/)
  await terminal.keys('G')
  await terminal.keys('s')
  await terminal.until(/Skip h5/)
  await terminal.type('skip')
  await terminal.keys('Enter')
  await terminal.until(/left out +h5/)
  await terminal.keys('r')
  await terminal.until(/\[ENDED[\s\S]*1 left out/)
  await terminal.keys('q')
  await terminal.until(/code=\d/)
  const steered = (await lastJournal()).flatMap((event) => (event.type === 'steering' ? [event.command] : []))
  expect(steered).toEqual(['pause', 'skip', 'resume'])
})

test('SIGTERM and Ctrl-C mean what they mean without a screen, and the terminal comes back', async () => {
  await begin('--limit h1,h3,h4')
  process.kill(await runPid(), 'SIGTERM')
  await terminal.until(/\[STOPPING/)
  await terminal.keys('C-c')
  const after = await terminal.until(/code=99/)
  expect(after).toMatch(/to continue: upgrade-push resume/)
  await terminal.type('echo typed and seen')
  await terminal.keys('Enter')
  await terminal.until(/\ntyped and seen/)
})

test('the third Ctrl-C leaves at once, and what that means for the hosts stays in the terminal', async () => {
  await begin('--limit h1,h3,h4')
  await terminal.keys('C-c')
  await terminal.until(/\[STOPPING/)
  await terminal.keys('C-c', 'C-c')
  const after = await terminal.until(/code=99/)
  expect(after.replace(/\s+/g, ' ')).toMatch(
    /left before its end Leaving at once: work that was started detached goes on/,
  )
})

test('a terminal that vanishes: steps that run finish, none is started, the journal is whole', async () => {
  await begin()
  const pid = await runPid()
  await terminal.vanish()
  for (let waited = 0; alive(pid) && waited < 60; waited++) await sleep(500)
  expect(alive(pid)).toBe(false)
  const events = await lastJournal()
  expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'aborted', exitCode: 99 })
  expect(events.filter(({ type }) => type === 'interrupt')).toHaveLength(1)
  const first = events.filter((event) => event.type === 'host_result' && event.step === 0)
  expect(first.map((event) => 'status' in event && event.status)).toEqual(['changed', 'changed', 'changed'])
})

test('no other output loads the library of the screen', async () => {
  // The bundle without the chunk that holds it.
  const dist = join(work.dir, 'without', 'dist')
  await cp(dirname(CLI), dist, { recursive: true })
  await symlink(join(dirname(CLI), '..', 'node_modules'), join(work.dir, 'without', 'node_modules'))
  await cp(join(dirname(CLI), '..', 'package.json'), join(work.dir, 'without', 'package.json'))
  const chunks = (await readdir(dist)).filter((name) => name.startsWith('screen-'))
  expect(chunks).toHaveLength(1)
  for (const name of chunks) await rm(join(dist, name))
  const quick = ['-i', inventory, playbook, '--check']
  for (const args of [['--help'], [...quick, '--output', 'plain'], [...quick, '--output', 'json'], quick]) {
    const { stdout, stderr } = await exec(process.execPath, [join(dist, 'upgrade-push.mjs'), ...args], {
      env: { ...process.env, XDG_STATE_HOME: join(work.dir, 'state') },
    })
    expect(stdout.length).toBeGreaterThan(100)
    expect(stderr).toBe('')
  }
})

test('the screen where there is no terminal is a usage error that says why', async () => {
  const { code, stderr } = await work.run(['-i', inventory, playbook, '--output', 'screen'])
  expect([code, stderr]).toEqual([5, expect.stringMatching(/--output screen: standard output is no terminal/)])
})

/** The process of the newest run, as its journal tells as soon as it is on disk. */
async function runPid(): Promise<number> {
  const path = join((await work.runs()).at(-1) as string, 'events.ndjson')
  for (;;) {
    const [first, ...more] = (await readFile(path, 'utf8')).split('\n')
    if (more.length > 0) return (JSON.parse(first as string) as { process: { pid: number } }).process.pid
    await sleep(200)
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
