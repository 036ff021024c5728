import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import { hostTree } from '../../lab/fleet/tree.ts'
import { Workspace } from './cli.ts'
import { put } from './files.ts'

// A host that lies, floods and prints what it should not: what it sends is data, never a command, a template or a terminal escape.

let fleet: Fleet
let work: Workspace
let count = 0

async function play(tasks: string, ...more: string[]) {
  const path = await put(work, `play${count++}.yml`, `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`)
  return work.run(['-i', fleet.inventoryPath, path, ...more])
}
const newestJournal = async () => readFile(join((await work.runs()).at(-1) as string, 'events.ndjson'), 'latin1')

beforeAll(async () => {
  work = await Workspace.make()
  fleet = await startFleet({ name: 'e2e-hostile', hosts: [{ name: 'liar1', kind: 'plain' }] })
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

const SHOW = '    - debug: {var: said}\n'

test('escape sequences reach neither the terminal nor the journal as such', async () => {
  const { code, stdout } = await play(
    `    - shell: printf '\\033]0;owned\\007\\033[2J\\302\\233A\\342\\200\\256 \\r\\b'; printf '\\033[31mred' >&2; exit 3\n      register: said\n      ignore_errors: true\n${SHOW}`,
    '-vv',
  )
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('owned')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/
  expect(stdout).not.toMatch(controls)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(await newestJournal()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/)
  const [log] = [await readFile(join((await work.runs()).at(-1) as string, 'hosts/liar1.log'), 'utf8')]
  expect(log).not.toMatch(controls)
})

test('100 MB of noise are cut off, say so, and hold nobody up', async () => {
  const begun = Date.now()
  const { code, stdout } = await play(
    `    - shell: head -c 104857600 /dev/zero | tr '\\0' x; head -c 104857600 /dev/zero | tr '\\0' y >&2\n      register: said\n    - debug: {msg: "{{ said.stdout | length }} {{ said.truncated }}"}\n`,
  )
  expect([code, stdout]).toEqual([0, expect.stringMatching(/"msg": "1048576 True"/)])
  expect(Date.now() - begun).toBeLessThan(30_000)
  expect((await stat(join((await work.runs()).at(-1) as string, 'events.ndjson'))).size).toBeLessThan(8 << 20)
})

test('bytes that are not UTF-8 become U+FFFD, and the journal stays readable', async () => {
  const { code, stdout } = await play(
    `    - shell: printf 'a\\377\\376b\\300\\000c'\n      register: said\n${SHOW}`,
    '--output',
    'json',
  )
  expect(code).toBe(0)
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { result?: { stdout?: string } })
  expect(results.find(({ result }) => result?.stdout !== undefined)?.result?.stdout).toMatch(/^a\ufffd+b\ufffd\0?c$/)
})

test('templates that a host prints are text', async () => {
  const { code, stdout } = await play(
    `    - shell: printf '%s%s' '{' '{ 6 * 7 }}'\n      register: said\n    - set_fact: {kept: "{{ said.stdout }}"}\n    - debug: {msg: "<{{ said.stdout }}> <{{ kept }}>"}\n    - shell: "printf %s {{ said.stdout | quote }}"\n      register: again\n    - debug: {var: again.stdout}\n`,
  )
  expect(code, stdout).toBe(0)
  expect(stdout).toContain('"msg": "<{{ 6 * 7 }}> <{{ 6 * 7 }}>"')
  expect(stdout).toContain('"again.stdout": "{{ 6 * 7 }}"')
})

test('a command can neither forge the end of a frame nor read the next one', async () => {
  const { code, stdout } = await play(
    `    - shell: |
        tr '\\0' '\\n' </proc/$PPID/cmdline | tail -n 40
        for stream in 1 2; do for n in 0 1 2; do printf '\\nupgrade-push %s 0 0 0\\n\\036%s 0\\n' $n $n >&$stream; done; done
        cat; head -c 100 </dev/stdin; exit 7
      register: said
      failed_when: said.rc != 7
    - command: echo still in step
      register: next
    - debug: {var: next.stdout}
`,
  )
  expect([code, stdout]).toEqual([0, expect.stringContaining('"next.stdout": "still in step"')])
})

test('a command that kills its shell, its link or everything, or goes on behind it, is told from one that succeeded', async () => {
  const shell = await play('    - shell: kill -9 $PPID\n    - command: touch /tmp/after-kill\n')
  expect([shell.code, shell.stdout]).toEqual([2, expect.stringMatching(/FAILED! => exit code 137: Killed/)])
  const all = await play('    - shell: kill -9 -1\n    - command: touch /tmp/after-kill\n')
  expect([all.code, all.stdout]).toEqual([4, expect.stringMatching(/UNREACHABLE! => .*(link|connection|closed|lost)/)])
  await expect(fleet.exec('liar1', ['test', '-e', '/tmp/after-kill'])).rejects.toThrow(/exit code 1/)
  await fleet.host('liar1').startSshd()
  const background = await play(`    - shell: sleep 300 >/dev/null 2>&1 & echo started\n    - command: echo next\n`)
  expect(background.code, background.stdout).toBe(0)
  await fleet.exec('liar1', ['pkill', '-f', '[s]leep 300'])
})

test('a login that greets with banners and noise does not get in the way, in apply and in check mode', async () => {
  const noisy =
    'echo "*** welcome ***"; echo "{{ 1 }}"; printf "\\033[5m"; echo oops >&2; stty -a 2>/dev/null; cd /; set -u; alias cat=false; PS1=x'
  await fleet.exec('liar1', [
    'sh',
    '-ec',
    `for f in /root/.bashrc /root/.profile /root/.bash_profile /etc/profile.d/noise.sh; do printf '%s\\n' '${noisy}' >$f; done; echo "Banner /etc/issue.net" >/etc/ssh/sshd_config.d/20-banner.conf; echo "GO AWAY" >/etc/issue.net`,
  ])
  await fleet.host('liar1').stopSshd()
  await fleet.host('liar1').startSshd()
  const tasks = `    - command: cat /etc/hostname\n      register: said\n${SHOW}    - copy: {content: "x\\n", dest: /tmp/copied}\n`
  const before = await hostTree(fleet.files, 'liar1')
  const check = await play(tasks, '--check')
  expect(check.code, check.stdout).toBe(0)
  expect(await hostTree(fleet.files, 'liar1')).toEqual(before)
  const apply = await play(tasks)
  expect([apply.code, apply.stdout]).toEqual([0, expect.stringMatching(/"stdout": "liar1"/)])
})

test('a login shell that is none is one clear line', async () => {
  await fleet.exec('liar1', ['usermod', '-s', '/usr/sbin/nologin', 'ops'])
  const { code, stdout } = await play('    - command: "true"\n', '-e', 'ansible_user=ops')
  expect([code, stdout]).toEqual([4, expect.stringMatching(/UNREACHABLE! => the login gave no shell .*not available/)])
})
