import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Tmux } from '../../lab/tmux.ts'
import { CLI, Workspace } from './cli.ts'
import { put } from './files.ts'

// The keys that no other test presses, each in the built program on a real terminal. Hosts are this machine, by ansible_connection=local.

let work: Workspace
let terminal: Tmux
let inventory: string

beforeAll(async () => {
  work = await Workspace.make()
  inventory = await put(work, 'hosts.ini', '[local]\nh[1:6] ansible_connection=local\n')
})
afterAll(() => work.remove())
beforeEach(async () => {
  const env = { XDG_STATE_HOME: join(work.dir, 'state') }
  terminal = await Tmux.start({ columns: 90, rows: 30, cwd: work.dir, env })
})
afterEach(() => terminal.vanish())

const play = (serial: number, tasks: string) =>
  `- name: Keys
  hosts: all
  gather_facts: false
  serial: ${serial}
  tasks:
${tasks.replace(/^/gm, '    ')}
`

/** Starts the run and waits for its first hosts. */
async function begin(name: string, text: string, more = ''): Promise<void> {
  const playbook = await put(work, `${name}.yml`, text)
  await terminal.type(`${process.execPath} ${CLI} -i ${inventory} ${playbook} ${more}; echo "code=$?"`)
  await terminal.keys('Enter')
  await terminal.until(/[1-9] running/)
}

/** A step that goes on when the test says so. */
function waitsFor(name: string): { wait: string; now: () => Promise<unknown> } {
  return { wait: `until test -e ${join(work.dir, name)}; do sleep 0.2; done`, now: () => put(work, name, '') }
}

/** Escape from a page, on its own: what follows at once would make it another key. */
async function back(): Promise<void> {
  await terminal.keys('Escape')
  await terminal.until(/── hosts [\s\S]*^\s*jk move/m)
}

/** Whoever pressed a key is asked for one more at the end. */
async function leave(): Promise<void> {
  await terminal.until(/\[ENDED/)
  await terminal.keys('q')
}

const steered = async () =>
  (await work.journal((await work.runs()).at(-1) as string)).flatMap((event) =>
    event.type === 'steering' ? [event.command] : [],
  )

test('R: a host that failed begins again with its step', async () => {
  const go = waitsFor('go-retry')
  const mended = join(work.dir, 'mended')
  const text = play(
    6,
    `- name: Mended
  shell: test {{ inventory_hostname }} != h3 || test -e ${mended}
- name: Wait
  shell: ${go.wait}`,
  )
  await begin('retry', text, '--limit h1,h2,h3')
  await terminal.until(/FAILED +h3/)
  await terminal.keys('G', 'R')
  await terminal.until(/h[12] has not failed: only a host that failed is retried/)
  await put(work, 'mended', '')
  await terminal.keys('g', 'R')
  await terminal.until(/0 failed[\s\S]*running +h3 +2\/2/)
  await go.now()
  await leave()
  await terminal.until(/3 hosts: 3 done, 0 failed[\s\S]*code=0/)
  expect(await steered()).toEqual(['retry'])
})

test('n: batch by batch, and a pause before the next', async () => {
  const go = waitsFor('go-next')
  await begin('next', play(2, `- name: Wait\n  shell: ${go.wait}`))
  await terminal.keys('n')
  await terminal.until(/the run is not paused; pause it first/)
  await terminal.keys('p')
  await terminal.until(/\[PAUSED/)
  await go.now()
  await terminal.until(/2 done/)
  await terminal.keys('n')
  await terminal.until(/\[PAUSED[\s\S]*4 done/)
  await terminal.keys('r')
  await leave()
  await terminal.until(/6 hosts: 6 done, 0 failed[\s\S]*code=0/)
  expect(await steered()).toEqual(['next', 'pause', 'next', 'resume'])
})

test('a: what runs finishes, nothing else begins', async () => {
  const go = waitsFor('go-abort')
  // Hosts meet after each step, so that the second one is not sent along with the first.
  const text = play(6, `- name: Wait\n  shell: ${go.wait}\n- name: Never\n  shell: touch ${work.dir}/never`)
  await begin('abort', text.replace('  tasks:', '  max_fail_percentage: 90\n  tasks:'))
  await terminal.keys('a')
  await terminal.until(/\[STOPPING/)
  await go.now()
  await leave()
  await terminal.until(/code=99/)
  expect((await work.run(['runs'])).stdout).toMatch(/aborted/)
  expect(await readdir(work.dir)).not.toContain('never')
})

test('A: asks for the word, and cancels what runs on the hosts', async () => {
  const go = waitsFor('go-never')
  await begin('abort-now', play(6, `- name: Wait\n  shell: ${go.wait}`))
  await terminal.keys('A')
  await terminal.until(/Abort now: running steps are cancelled/)
  await terminal.type('abrt')
  await terminal.keys('Enter')
  await terminal.until(/Nothing was done: that was not "abort"/)
  expect(await steered()).toEqual([])
  await terminal.keys('A')
  await terminal.until(/Abort now: running steps are cancelled/)
  await terminal.type('abort')
  await terminal.keys('Enter')
  await leave()
  await terminal.until(/code=99/)
  expect(await steered()).toEqual(['abort-now'])
})

test('every key that looks: ends, pages, failures, log, groups, command, help', async () => {
  const go = waitsFor('go-look')
  const text = play(
    6,
    `- name: Told\n  command: echo a line of {{ inventory_hostname }}\n- name: Wait\n  shell: ${go.wait}\n- name: Fails\n  shell: test {{ inventory_hostname }} != h4`,
  )
  await begin('look', text, '--forks 6')
  await terminal.keys('?')
  await terminal.until(/begins again with the step that failed/)
  await back()
  await terminal.keys('y')
  await terminal.until(/Does this run again:[\s\S]*look\.yml --forks 6/)
  await back()
  await terminal.keys('G', 'l')
  await terminal.until(/── log of h6, running/)
  await back()
  await terminal.keys('g', 'l')
  await terminal.until(/── log of h1, running/)
  await back()
  await terminal.keys('PageDown', 'Enter')
  await terminal.until(/── h6/)
  await back()
  await terminal.keys('PageUp', 'Enter')
  await terminal.until(/── h1/)
  await back()
  await go.now()
  await terminal.until(/\[ENDED: failed/)
  await terminal.keys('f')
  await terminal.until(/1 of 6[\s\S]*FAILED +h4/)
  await terminal.keys('l')
  await terminal.until(/── log of h4, FAILED[\s\S]*\[Fails\] failed: exit code 1/)
  await back()
  await terminal.keys('o')
  await terminal.until(/── groups[\s\S]*h4/)
  await back()
  await terminal.keys('q')
  await terminal.until(/code=2/)
})
