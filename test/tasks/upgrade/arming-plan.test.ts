import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noPlanProbe, planProbe } from '../../../src/tasks/upgrade/arming-plan.ts'
import { sha256 } from '../../../src/tasks/upgrade/digest.ts'

// The probe itself, in a folder that stands for the state folder.

let dir: string
let files: Map<string, string>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'plan-'))
  files = new Map([
    ['finish/services', 'enable sshd\n'],
    ['packages/bash-5.2-1.x86_64.rpm', 'bash'],
    ['packages/zsh-1:5.8-1.x86_64.rpm', 'zsh!!'],
    ['plan.json', PLAN],
    ['transaction.json', '{}\n'],
  ])
})
afterEach(() => rmSync(dir, { recursive: true }))

const item = (file: string | null, size: number) =>
  JSON.stringify({ action: 'install', nevra: 'x', replaces: [], repo: 'r', file, sha256: 'y', size, installSize: 7 })
const PLAN = `{"version":1,"inputs":{"container":"c","rpmdb":"d","transaction":"t"},"release":{"from":"8.0","to":"9"},"dryRun":{"passedAt":"2026-11-23T08:00:00Z"},
"items":[
${item('bash-5.2-1.x86_64.rpm', 4)},
${item(null, 0)},
${item('zsh-1:5.8-1.x86_64.rpm', 5)}
]}
`

function freeze(): void {
  for (const [name, text] of files) write(name, text)
  write('plan.sums', [...files].map(([name, text]) => `${sha256(text)}  ${name}\n`).join(''))
}
function write(name: string, text: string): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true })
  writeFileSync(join(dir, name), text)
}
function probe(one = planProbe, shell = 'sh') {
  const { stdout } = spawnSync(shell, ['-c', one.script.replaceAll('/var/lib/upgrade-push', dir)], { encoding: 'utf8' })
  return one.parse({ code: 0, stdout, stderr: '', truncated: false })
}

test.each(['dash', 'bash'])('%s: a plan that is as it was frozen', (shell) => {
  freeze()
  write('boot/steer', 'steer')
  const sums = [...files].map(([name, text]) => `${sha256(text)}  ${name}\n`).join('')
  expect(probe(planProbe, shell)).toEqual({
    head: {
      kind: 'present',
      value: {
        version: 1,
        inputs: { container: 'c', rpmdb: 'd' },
        release: { from: '8.0', to: '9' },
        dryRun: { passedAt: '2026-11-23T08:00:00Z' },
      },
    },
    digest: sha256(sums),
    wrong: [],
    rpmdb: expect.stringMatching(/^[0-9a-f]{64}$/),
    steer: sha256('steer'),
  })
})

test('every file that is not as it was frozen is named', () => {
  freeze()
  write('packages/bash-5.2-1.x86_64.rpm', 'bash is longer')
  rmSync(join(dir, 'packages/zsh-1:5.8-1.x86_64.rpm'))
  write('packages/stray.rpm', 'x')
  write('finish/services', 'enable telnet\n')
  write('finish/scripts/first-boot/10-x', 'x')
  rmSync(join(dir, 'transaction.json'))
  expect(probe().wrong).toEqual([
    'finish/scripts/first-boot/10-x is not part of the plan',
    'finish/services is not what was frozen',
    'packages/bash-5.2-1.x86_64.rpm has 14 bytes, the plan says 4',
    'packages/stray.rpm is not part of the plan',
    'packages/zsh-1:5.8-1.x86_64.rpm is missing',
    'transaction.json is missing',
  ])
})

test('a plan in the making is none', () => {
  freeze()
  rmSync(join(dir, 'plan.sums'))
  expect(probe()).toMatchObject({ head: { kind: 'absent' }, digest: undefined, wrong: [] })
})

test('a plan that was damaged can’t be read', () => {
  files.set('plan.json', '{"version":1,"inputs":')
  freeze()
  expect(probe().head).toMatchObject({ kind: 'unreadable' })
})

test('who does not arm for packages asks for none of it', () => {
  freeze()
  write('boot/steer', 'steer')
  expect(probe(noPlanProbe)).toMatchObject({ digest: undefined, rpmdb: undefined, steer: sha256('steer') })
})
