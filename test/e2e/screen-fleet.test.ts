import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import { Tmux } from '../../lab/tmux.ts'
import { CLI, Workspace } from './cli.ts'
import { put } from './files.ts'

// The screen over hosts with real SSH servers that go away and come back, and over a run whose controller is killed.

const HOSTS = ['fleet1', 'fleet2', 'fleet3']

let fleet: Fleet
let work: Workspace
let terminal: Tmux

beforeAll(async () => {
  work = await Workspace.make()
  fleet = await startFleet({ name: 'e2e-screen', hosts: HOSTS.map((name) => ({ name, kind: 'plain' as const })) })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})
beforeEach(async () => {
  const env = { XDG_STATE_HOME: join(work.dir, 'state') }
  terminal = await Tmux.start({ columns: 100, rows: 30, cwd: work.dir, env })
})
afterEach(() => terminal.vanish())

/** Hosts whose second step goes on once they are told to. */
async function playbook(name: string): Promise<string> {
  return put(
    work,
    `${name}.yml`,
    `- name: Roll
  hosts: all
  gather_facts: false
  tasks:
    - name: First
      command: touch /srv/${name}.first
      args: {creates: /srv/${name}.first}
      register: first
    - name: Second
      shell: until test -e /srv/${name}.go; do sleep 0.2; done; test -n "{{ first.changed }}"; touch /srv/${name}.second
      args: {creates: /srv/${name}.second}
      register: second
    - name: Third
      command: echo "{{ second.changed }}"
`,
  )
}

const go = (name: string, hosts: readonly string[]) =>
  Promise.all(hosts.map((host) => fleet.exec(host, ['touch', `/srv/${name}.go`])))

async function type(line: string): Promise<void> {
  await terminal.type(`${process.execPath} ${CLI} ${line}; echo "code=$?"`)
  await terminal.keys('Enter')
}

test('a host that goes away is unreachable in its line and in its group; back again, R has it go on', async () => {
  await type(`-i ${fleet.inventoryPath} ${await playbook('away')}`)
  await terminal.until(/running {2,}fleet2 2\/3 Second/)
  await fleet.host('fleet2').stopSshd()
  const lost = await terminal.until(/^.*! UNREACH +fleet2 2\/3 Second/m)
  expect(lost).toMatch(/3 hosts: 0 failed, 1 unreachable, .*2 running/)
  expect(lost).toMatch(/^! UNREACH fleet2: .*\[Second\]/m)
  await fleet.host('fleet2').startSshd()
  await terminal.keys('g', 'R')
  await terminal.until(/running {2,}fleet2 2\/3 Second/)
  await go('away', HOSTS)
  const over = await terminal.until(/\[ENDED: done, exit code 0/)
  expect(over).toMatch(/3 hosts: 0 failed, 0 unreachable, .*3 done/)
  await terminal.keys('q')
  await terminal.until(/code=0/)
})

test('a controller that is killed: resume opens the screen on the same hosts, says what it continues, and ends it', async () => {
  await type(`-i ${fleet.inventoryPath} ${await playbook('killed')}`)
  await terminal.until(/3 running/)
  await terminal.until(/running {2,}fleet3 2\/3 Second/)
  const [started] = await work.journal((await work.runs()).at(-1) as string)
  if (started?.type !== 'run_started' || !started.process) throw new Error('the journal names no process')
  process.kill(started.process.pid, 'SIGKILL')
  await terminal.until(/Killed/)
  // Nobody gave the terminal back.
  await terminal.type('reset')
  await terminal.keys('Enter')
  await go('killed', HOSTS)
  await type(`resume ${started.run}`)
  const after = await terminal.until(/code=\d/)
  expect(after).toContain(`CONTINUES run ${started.run}`)
  expect(after).toMatch(/3 hosts: 3 done, 0 failed/)
  expect(after).toMatch(/code=0/)
  for (const host of HOSTS) await fleet.exec(host, ['test', '-e', '/srv/killed.second'])
})
