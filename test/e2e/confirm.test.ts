import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Tmux } from '../../lab/tmux.ts'
import { CANCEL, CLI, Workspace } from './cli.ts'
import { put } from './files.ts'

// The plan before a disruptive apply, the question, and what a host is held to. Every host is this machine.

const PLUGIN = `export default ({ z, defineTask, quote }) => defineTask({
  name: 'evict',
  summary: 'Sends all users away.',
  args: z.strictObject({ path: z.string().describe('A file') }),
  example: 'evict: { path: /gone }',
  disruptive: () => ({ does: 'sends all users away', undo: 'by asking them back' }),
  probes: ({ path }) => ({ gone: {
    id: 'evict ' + path, script: '[ ! -e ' + quote(path) + ' ] || echo yes', reads: ['path:' + path],
    parse: ({ stdout }) => stdout.trim() === 'yes',
  } }),
  check: ({ args: { path }, facts: { gone } }) =>
    gone ? { kind: 'ok' } : { kind: 'change', summary: 'evicts all', touches: ['path:' + path], spec: { path } },
  compile: ({ path }) => ({ script: 'touch ' + quote(path) }),
})
`

let work: Workspace
let hosts: string
let playbook: string
const file = (name: string) => join(work.dir, 'on-hosts', name)

beforeAll(async () => {
  work = await Workspace.make()
  mkdirSync(join(work.dir, 'plugins'))
  await put(work, 'plugins/evict.mjs', PLUGIN)
  hosts = await put(work, 'hosts.ini', '[web]\nweb[1:3]\n[db]\ndb1\n[all:vars]\nansible_connection=local\n')
  playbook = await put(
    work,
    'play.yml',
    `- hosts: all
  gather_facts: false
  tasks:
    - name: A file
      copy: { content: "{{ group_names[0] }}\\n", dest: "${work.dir}/on-hosts/{{ inventory_hostname }}" }
    - name: All away
      evict: { path: "${work.dir}/on-hosts/{{ inventory_hostname }}.gone" }
    - name: Last
      copy: { content: "x", dest: "${work.dir}/on-hosts/{{ inventory_hostname }}.last" }
`,
  )
})
beforeEach(() => {
  rmSync(join(work.dir, 'on-hosts'), { recursive: true, force: true })
  rmSync(join(work.dir, 'state'), { recursive: true, force: true })
  mkdirSync(join(work.dir, 'on-hosts'))
})
afterAll(() => work.remove())

const changed = () => readdirSync(join(work.dir, 'on-hosts'))
const run = (...more: string[]) => work.run(['-i', hosts, playbook, ...more])
async function modes(): Promise<string[]> {
  const runs = await Promise.all((await work.runs()).map((dir) => work.journal(dir)))
  return runs.map(([first]) => (first?.type === 'run_started' ? first.mode : 'none'))
}

/** Runs on a terminal of its own; types at the question what `keys` gives, which is called when it is there. */
async function onTerminal(keys: () => string, ...more: string[]): Promise<{ code: number; shown: string }> {
  const command = [process.execPath, CLI, '-i', hosts, playbook, ...more].join(' ')
  const { CI: _, ...env } = process.env
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...env, NO_COLOR: '1', TERM: 'dumb', XDG_STATE_HOME: join(work.dir, 'state') },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const asked = /Type yes/.test(shown)
    shown += text
    if (!asked && /Type yes/.test(shown)) child.stdin.write(keys())
  })
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000)
  const [code] = (await once(child, 'close')) as [number]
  clearTimeout(late)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor is not what is read
  return { code, shown: shown.replaceAll('\r', '').replaceAll(/\u001b\[\d*[A-Z]/g, '') }
}

test('what tasks took in past runs is told with the plan that they are confirmed by', async () => {
  const steps = async () => {
    const events = await work.journal((await work.runs()).at(-1) as string)
    return events.flatMap((event) => (event.type === 'play_started' ? event.steps : []))
  }
  const confirmed = ['-i', hosts, playbook, '--confirm', '--yes']
  expect((await work.run(confirmed)).code).toBe(0)
  expect((await steps()).map(({ usual }) => usual)).toEqual([undefined, undefined, undefined])
  rmSync(join(work.dir, 'on-hosts'), { recursive: true })
  mkdirSync(join(work.dir, 'on-hosts'))
  expect((await work.run(confirmed)).code).toBe(0)
  for (const { task, usual } of await steps()) {
    expect([task, usual]).toEqual([task, { low: expect.any(Number), high: expect.any(Number) }])
    expect(usual?.high).toBeGreaterThanOrEqual(usual?.low ?? Number.NaN)
  }
})

test('what was typed before the question is no answer to it', async () => {
  const env = { XDG_STATE_HOME: join(work.dir, 'state') }
  const terminal = await Tmux.start({ columns: 150, rows: 60, cwd: work.dir, env })
  try {
    await terminal.type(`${process.execPath} ${CLI} -i ${hosts} ${playbook}; echo "code=$?"`)
    await terminal.keys('Enter')
    // A whole line, and a half one: as fast as fingers that know what comes.
    await terminal.type('yes')
    await terminal.keys('Enter')
    await terminal.type('ye')
    await terminal.until(/Type yes: *$/m)
    await sleep(1000)
    expect(changed()).toEqual([])
    await terminal.type('s')
    await terminal.keys('Enter')
    expect(await terminal.until(/code=\d+/)).toMatch(/code=99/)
    expect(changed()).toEqual([])
  } finally {
    await terminal.vanish()
  }
})

test('without a terminal: refused before any host is connected', async () => {
  const { code, stdout, stderr } = await run()
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    `${playbook}:6: evict sends all users away: that must be confirmed, and there is no terminal to ask on\n` +
      '  add --yes (nothing is asked or shown), or --confirm --yes (shows the plan, and holds every host to it)\n',
  )
  expect(changed()).toEqual([])
  await expect(work.runs()).rejects.toThrow(/ENOENT/)
  const cancel = await work.run(['-i', hosts, CANCEL])
  expect([cancel.code, cancel.stderr]).toEqual([
    1,
    expect.stringMatching(/cancel\.yml:\d+: cancel_upgrade removes all/),
  ])
})

test('the other tasks of the playbook need no confirmation, but --confirm does', async () => {
  await put(
    work,
    'plain.yml',
    `- hosts: all\n  gather_facts: false\n  tasks: [{ copy: { content: x, dest: ${file('x')} } }]\n`,
  )
  const plain = ['-i', hosts, join(work.dir, 'plain.yml'), '-l', 'web1']
  const refused = await work.run([...plain, '--confirm'])
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^--confirm: there is no terminal to ask on\n/),
  ])
  expect((await work.run([...plain, '--check'])).code).toBe(0)
  expect((await work.run(plain)).code).toBe(0)
  expect(changed()).toEqual(['x'])
})

test('--yes: nothing is asked or planned, and one line says so', async () => {
  const { code, stderr, recap } = await run('--yes', '-l', 'web')
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^--yes: nothing is asked.*evict sends all users away\n$/)])
  expect(recap.get('web1')?.changed).toBe(3)
  expect(await modes()).toEqual(['apply'])
})

test('yes: the plan, folded, then what it says; the journal names the check', async () => {
  const { code, shown } = await onTerminal(() => 'yes\r')
  expect(code, shown).toBe(0)
  expect(shown).toMatch(/4 hosts: web1, web2, web3, db1\n {3}1 {2}A file {4}writes .*on-hosts\/<host>\n/)
  expect(shown).toMatch(/2 {2}All away {2}evicts all {2}\(disruptive: see below\)\n/)
  expect(shown).toContain('in their details 3 are the same and others are not (1: db1); --diff shows how')
  expect(shown).toMatch(/Disruptive: evict sends all users away: 4 hosts\n {6}undo: by asking them back\n/)
  expect(shown).toMatch(/Time: .*\nJournal of this plan: .*events\.ndjson\n\n.*Apply to 4 hosts\? Type yes: yes\n/)
  expect(changed()).toHaveLength(12)
  const [check, apply] = await Promise.all((await work.runs()).map((dir) => work.journal(dir)))
  expect(await modes()).toEqual(['check', 'apply'])
  expect(check?.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'done' })
  expect(apply?.[0]).toMatchObject({ confirmed: { run: check?.[0]?.run, at: expect.stringMatching(/^\d{4}-/) } })
  // A second time there is nothing disruptive, so nobody is asked.
  const again = await onTerminal(() => '')
  expect([again.code, again.shown], again.shown).toEqual([0, expect.stringContaining('Nothing is to be confirmed')])
})

test.each([
  ['no', 'no\r'],
  ['y', 'y\r'],
  ['an empty answer', '\r'],
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('%s: exit code 99, and nothing was changed', async (_, keys) => {
  const { code, shown } = await onTerminal(() => keys, '-l', 'web1')
  expect([code, changed()], shown).toEqual([99, []])
  expect(shown).toMatch(/Apply to 1 host\? Type yes: (no|y)?\n(aborted.*: nothing was changed)\n/)
  expect(await modes()).toEqual(['check'])
})

test('a host that changes before the yes is held, and the others go on', async () => {
  const { code, shown } = await onTerminal(() => {
    writeFileSync(file('web2'), 'somebody else\n')
    return 'yes\r'
  })
  expect(code, shown).toBe(2)
  expect(shown).toMatch(
    /web2.*its plan differs from the one that was confirmed: the same step with other details; now: writes/,
  )
  expect(readFileSync(file('web2'), 'utf8')).toBe('somebody else\n')
  expect(changed().filter((name) => name.startsWith('web2'))).toEqual(['web2'])
  expect(changed().filter((name) => name.startsWith('web1'))).toHaveLength(3)
})

test('--confirm --yes: the plan is shown, journalled, and held to; standard output is the run alone', async () => {
  const { code, stdout, stderr, events } = await run('--confirm', '--yes', '--output', 'json')
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/^Making the plan: a check of 4 hosts, which writes nothing\n\nPLAN of .*play\.yml\n/)
  expect(stderr).toMatch(/\n--yes: not asked, going on\.\n$/)
  expect(events[0]).toMatchObject({ type: 'run_started', mode: 'apply', confirmed: { run: expect.any(String) } })
  expect(stdout).not.toContain('PLAN')
  expect(await modes()).toEqual(['check', 'apply'])
})

test('a host that could not be looked at is held when it is back, if something is to be done on it', async () => {
  const broken = await put(
    work,
    'broken.ini',
    'web1\nweb2 ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh\n[all:vars]\nansible_connection=local\n',
  )
  const { code, stderr } = await work.run(['-i', broken, playbook, '--confirm', '--yes', '-e', 'group_names=[1]'])
  expect(code).toBe(4)
  expect(stderr).toMatch(/1 host that the plan ends at.*\n {6}web2: unreachable/)
  expect(existsSync(file('web1.last'))).toBe(true)
})

test('Ctrl-C while the plan is made: exit code 99', async () => {
  const slow = await put(
    work,
    'slow.yml',
    `- hosts: web\n  gather_facts: false\n  tasks:\n    - command: sleep 20\n      check_mode: false\n      changed_when: false\n    - evict: { path: ${file('slow')} }\n`,
  )
  const child = work.start(['-i', hosts, slow, '--confirm', '--yes'])
  child.child.stderr?.once('data', () => setTimeout(() => child.signal('SIGINT'), 4000))
  child.child.stderr?.once('data', () => setTimeout(() => child.signal('SIGINT'), 5000))
  const { code, stderr } = await child.ended
  expect([code, changed()]).toEqual([99, []])
  expect(stderr).toMatch(/aborted while the plan was made: nothing was changed\n$/)
})
