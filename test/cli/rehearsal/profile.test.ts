import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { chosenProfile } from '../../../src/cli/rehearsal/profile.ts'
import { parseProfile } from '../../../src/cli/rehearsal/profile-file.ts'
import { BUILT_IN } from '../../../src/engine/rehearsal/built-in.ts'
import { profileOf } from '../../../src/engine/rehearsal/profile.ts'

const TASKS = ['copy_boot', 'install_rpms', 'reboot_upgrade', 'run_dracut']
const KNOWN = { tasks: TASKS, steps: ['Build the image', 'Kernel and image in /boot'] }
const read = (text: string) => parseProfile('p.yml', text, KNOWN)
const faults = (text: string): string => {
  try {
    read(text)
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

test('what a file says is laid over the built-in profile', () => {
  const profile = read(`
others: { unreachable: 1% }
tasks:
  run_dracut:
    seconds: { median: 400, spread: 2 }
    failed: { rate: 2.5%, messages: ["no space", { message: "it broke", remedy: "mend it" }] }
  reboot_upgrade: { phases: { arming: 10, transaction: 90 } }
names:
  Build the image: { changed: 0% }
`)
  const dracut = profileOf(profile, 'Another name', 'run_dracut')
  expect(dracut).toMatchObject({
    seconds: { median: 400, spread: 2 },
    changed: 1,
    lines: BUILT_IN.tasks.get('run_dracut')?.lines,
    mishaps: {
      unreachable: { rate: 0.01 },
      failed: { rate: 0.025, words: [{ message: 'no space' }, { message: 'it broke', remedy: 'mend it' }] },
    },
  })
  expect(profileOf(profile, 'Build the image', 'run_dracut')).toEqual({ ...dracut, changed: 0 })
  expect(profileOf(profile, 'x', 'reboot_upgrade')).toMatchObject({
    seconds: { median: 100 },
    phases: { arming: 10, transaction: 90 },
  })
  expect(profileOf(profile, 'x', 'command').mishaps.unreachable?.rate).toBe(0.01)
  expect(read('').tasks).toEqual(BUILT_IN.tasks)
})

test.each([
  ['tasks:\n  run_dracut:\n    seconds: fast\n', /^p\.yml:3:14: tasks\.run_dracut\.seconds: expected seconds/],
  ['tasks: { run_dracut: { failed: 0.02 } }\n', /^p\.yml:1:32: .*expected a percentage such as 2%/],
  ['others: { failed: 120% }\n', /^p\.yml:1:19: others\.failed: expected a percentage from 0% to 100%/],
  ['others: { failed: { rate: 2%, messages: [] } }\n', /p\.yml:1:41: .*give at least one message/],
  ['others: { failed: 60%, refused: 41% }\n', /others: more than 100% of the hosts go wrong/],
  ['others: { secs: 2 }\n', /^p\.yml:1:11: others: has no key "secs"/],
  ['tasks: { run_dracu: {} }\n', /^p\.yml:1:10: there is no task "run_dracu"\n[\s\S]*did you mean "run_dracut"/],
  [
    'names: { Build an image: {} }\n',
    /^p\.yml:1:10: there is no step in these playbooks with the name "Build an image"\n[\s\S]*did you mean "Build the image"/,
  ],
  ['others: { seconds: 0 }\n', /^p\.yml:1:\d+: others\.seconds: expected seconds/],
  ['others: { phases: { arming: 0 } }\n', /^p\.yml:1:\d+: others\.phases\.arming: expected seconds above 0/],
  ['others: []\n', /^p\.yml:1:9: others: expected a map of keys/],
  ['others: { phases: { flying: 3 } }\n', /^p\.yml:1:\d+: others\.phases/],
  ['others: [\n', /^p\.yml:\d+:\d+: YAML: /],
  ['- a\n', /^p\.yml:1:1: expected a map of keys/],
])('%j is refused at its place', (text, expected) => {
  expect(faults(text)).toMatch(expected)
})

let state: string
beforeAll(() => {
  state = mkdtempSync(join(os.tmpdir(), 'upgrade-push-profile-'))
  vi.stubEnv('XDG_STATE_HOME', state)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(state, { recursive: true, force: true })
})

test('a plain 0 is no host, and names of steps that are not known yet are taken', () => {
  expect(read('others: { unreachable: 0, refused: { rate: 0, messages: [x] } }\n').others.mishaps).toMatchObject({
    unreachable: { rate: 0 },
    refused: { rate: 0 },
  })
  expect(parseProfile('p.yml', 'names: { x: {} }\n', { tasks: TASKS, steps: undefined }).names.has('x')).toBe(true)
})

test('a run is named by its id, its directory or its journal', async () => {
  const dir = join(state, 'upgrade-push', 'runs', '20260101T000000Z-0000')
  mkdirSync(dir, { recursive: true })
  const base = { v: 1, t: '2026-01-01T00:00:00.000Z', run: 'one' }
  const events = [
    { ...base, seq: 1, type: 'run_started', mode: 'apply' },
    { ...base, seq: 2, type: 'play_started', play: 0, steps: [{ name: 'Copy', task: 'copy' }] },
    { ...base, seq: 3, type: 'host_result', play: 0, batch: 0, step: 0, host: 'a', status: 'changed', ms: 1500 },
  ]
  writeFileSync(join(dir, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  for (const named of ['20260101T000000Z-0000', 'last', dir, join(dir, 'events.ndjson')]) {
    expect((await chosenProfile(named, KNOWN)).tasks.get('copy')?.seconds, named).toEqual({ seen: [1.5] })
  }
  await expect(chosenProfile('nothing', KNOWN)).rejects.toThrow(/--profile: nothing: there is no such file and no such/)
  expect(await chosenProfile(undefined, KNOWN)).toBe(BUILT_IN)
})
