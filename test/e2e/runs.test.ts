import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run as command } from '../../lab/command.ts'
import { Tmux } from '../../lab/tmux.ts'
import { controlPath } from '../../src/cli/runs/control-path.ts'
import type { RunEvent } from '../../src/events/types.ts'
import { CLI, type Run, Workspace } from './cli.ts'
import { put } from './files.ts'

// Runs that were: listed, shown again, continued after a kill, watched and steered from a second process. The hosts are this machine itself.

const TWO_STEPS = `- hosts: all
  gather_facts: false
  tasks:
    - name: first
      command: touch DIR/{{ inventory_hostname }}.first
      args: {creates: "DIR/{{ inventory_hostname }}.first"}
    - name: second
      shell: while [ -e DIR/hold.{{ inventory_hostname }} ]; do sleep 0.1; done; touch DIR/{{ inventory_hostname }}.second
      args: {creates: "DIR/{{ inventory_hostname }}.second"}
      register: second
    # What needs the step before can't travel along with it.
    - name: third
      shell: test "{{ second.changed }}" -a ! -e DIR/bad.{{ inventory_hostname }}
      register: third
    - name: fourth
      debug: {msg: "{{ third.rc }}"}
`

let work: Workspace
let args: string[]

beforeEach(async () => {
  work = await Workspace.make()
  const hosts = await put(work, 'hosts.ini', '[all:vars]\nansible_connection=local\n[web]\nh1\nh2\nh3\n')
  args = ['-i', hosts, await put(work, 'play.yml', TWO_STEPS.replaceAll('DIR', work.dir))]
})
afterEach(() => work.remove())

const hold = (...hosts: string[]) => Promise.all(hosts.map((host) => put(work, `hold.${host}`, '')))
const free = (host: string) => command(['rm', join(work.dir, `hold.${host}`)])
const secondBegan = (host: string) => (event: RunEvent) =>
  event.type === 'intent' && event.step === 1 && event.host === host
const ends = (events: readonly RunEvent[], step: number) =>
  Object.fromEntries(
    events.flatMap((event) =>
      event.type === 'host_result' && event.step === step ? [[event.host, event.status]] : [],
    ),
  )
const newest = async () => basename((await work.runs()).at(-1) ?? '')

/** A run whose hosts are all in the second step, h1 done with it, killed there. */
async function killed(...more: string[]): Promise<string> {
  await hold('h2', 'h3')
  const run = work.start([...args, ...more, '--output', 'json'])
  await run.event('the end of h1', (event) => event.type === 'host_result' && event.host === 'h1' && event.step === 1)
  await run.event('the second step', secondBegan('h2'))
  await run.event('the second step', secondBegan('h3'))
  run.signal('SIGKILL')
  await run.ended
  for (const host of ['h2', 'h3']) await free(host)
  return newest()
}

describe('list and show', () => {
  test('none yet', async () => {
    expect(await work.run(['runs'])).toMatchObject({ code: 0, stdout: 'no runs yet\n', stderr: '' })
    expect(await work.run(['runs', 'show', 'last'])).toMatchObject({ code: 1, stdout: '' })
  })

  test('a run is listed with how it ended, and shown again word for word', async () => {
    await put(work, 'bad.h2', '')
    const run = await work.run(args)
    const id = await newest()
    const list = await work.run(['runs'])
    expect(list.stdout.split('\n')[1]).toMatch(
      new RegExp(`^${id} +2\\S+ \\S+ +\\d+ s +apply +play\\.yml +3 +0 +2 +1 +0 +0 +failed$`),
    )
    expect(await work.run(['runs', 'show', 'last'])).toMatchObject({ code: 0, stdout: run.stdout, stderr: '' })
    const json = await work.run(['runs', 'show', id.slice(-4), '--output', 'json'])
    expect(json.events).toEqual(await work.journal(join(work.dir, 'state/upgrade-push/runs', id)))
    const one = await work.run(['runs', 'show', id, '--host', 'h2'])
    expect([...one.recap.keys()]).toEqual(['h2'])
    expect(one.stdout).not.toMatch(/h1|h3/)
    expect((await work.run(['runs', '--output', 'json'])).stdout).toMatch(
      /"condition":"failed".*"changed":2,"failed":1/,
    )
  })

  test.each([
    ['runs show nothing', 1, /^no run "nothing"\n/],
    ['runs show', 5, /^no run\n {2}name one/],
    ['runs show last --host h9', 1, /has no host "h9"\n {2}did you mean "h1"\?/],
    ['runs show last --speed fast', 5, /^--speed: "fast" is no speed\n/],
    ['runs shwo', 5, /show/],
    ['runs --last 0', 5, /^--last: must be/],
    ['resume nothing', 1, /^no run "nothing"\n/],
    ['watch last', 1, /is not under way: it ended as done\n.*runs show/],
    ['control last pause', 1, /takes no commands: no process drives it here\n/],
    ['control last puase', 5, /^"puase" is no command\n {2}did you mean "pause"\?/],
    ['control last skip', 5, /^skip needs a host\n/],
  ])('%s', async (line, code, says) => {
    await work.run(args)
    const { code: got, stdout, stderr } = await work.run(line.split(' '))
    expect([got, stdout, stderr]).toEqual([code, '', expect.stringMatching(says)])
    expect(stderr).not.toMatch(/\n\s+at |has a bug|undefined|NaN|\[object/)
  })
})

describe('a controller that was killed', () => {
  test('resume continues each host at its own step; what is done stays done', async () => {
    const id = await killed()
    expect((await work.run(['runs'])).stdout).toMatch(new RegExp(`^${id} .* cut off$`, 'm'))
    expect((await work.run(['runs', 'show', id])).stderr).toBe(
      `This run was cut off before its end; continue it with: upgrade-push resume ${id}\n`,
    )
    expect((await work.run(['watch', id])).stderr).toMatch(/was cut off\n.*upgrade-push resume/)
    const resumed = await work.run(['resume', 'last', '--output', 'json'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(resumed.stderr).toContain(`Resuming run ${id}, in which`)
    expect(ends(resumed.events, 0)).toEqual({ h1: 'ok', h2: 'ok', h3: 'ok' })
    expect(ends(resumed.events, 1)).toMatchObject({ h1: 'ok' })
    expect(resumed.events[0]).toMatchObject({
      type: 'run_started',
      resumes: id,
      command: { args: expect.arrayContaining(args) },
    })
    expect((await work.run(['runs'])).stdout).toContain(`done (resumes ${id})`)
  })

  test('a secret is in no journal: it is given again, or said what to give', async () => {
    const id = await killed('-e', 'api_token=geheim42 release=9')
    const lines = await readFile(join(work.dir, 'state/upgrade-push/runs', id, 'events.ndjson'), 'utf8')
    expect(lines).not.toContain('geheim42')
    expect(lines).toContain('"api_token=******** release=9"')
    const without = await work.run(['resume', id])
    expect([without.code, without.stdout, without.stderr]).toEqual([
      5,
      '',
      expect.stringMatching(/was given api_token, which no journal keeps\n.*-e api_token=\.\.\./),
    ])
    const resumed = await work.run(['resume', id, '-e', 'api_token=geheim42'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(await readFile(join((await work.runs()).at(-1) as string, 'events.ndjson'), 'utf8')).not.toContain(
      'geheim42',
    )
  })

  test('a secret of -e is hidden wherever a step shows it', async () => {
    const play = await put(
      work,
      'secret.yml',
      '- hosts: h1\n  gather_facts: false\n  tasks:\n    - shell: echo {{ db_password }} {{ v.api_token }}\n      register: r\n    - debug: {var: r.stdout}\n',
    )
    const given = ['-e', 'db_password=hunter2zz', '-e', '{"v":{"api_token":"tokabc123"}}']
    const run = await work.run(['-i', args[1] as string, play, ...given, '-vv'])
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toContain('******** ********')
    const dir = (await work.runs()).at(-1) as string
    const files = await readdir(dir, { recursive: true, withFileTypes: true })
    const kept = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    )
    expect(kept.length).toBeGreaterThan(1)
    expect([run.stdout, run.stderr, ...kept].join('')).not.toMatch(/hunter2zz|tokabc123/)
  })

  test('on a terminal a secret is asked for without echo', async () => {
    const id = await killed('-e', 'api_token=geheim42', '-e', '{"v":{"url":"u","deep":[{"token":"tief43"}]}}')
    const terminal = await Tmux.start({
      columns: 100,
      rows: 90,
      cwd: work.dir,
      env: { XDG_STATE_HOME: join(work.dir, 'state') },
    })
    try {
      await terminal.type(`${process.execPath} ${CLI} resume ${id} --output plain; echo "code=$?"`)
      await terminal.keys('Enter')
      await terminal.until(/^Value of api_token: *$/m)
      await terminal.type('geheim42')
      await terminal.keys('Enter')
      await terminal.until(/^Value of v\.deep\[0\]\.token: *$/m)
      await terminal.type('tief43')
      await terminal.keys('Enter')
      const shown = await terminal.until(/code=\d/)
      expect(shown).toMatch(/Resuming run [\s\S]*code=0/)
      expect(shown).not.toContain('geheim42')
    } finally {
      await terminal.vanish()
    }
    const journal = await readFile(join((await work.runs()).at(-1) as string, 'events.ndjson'), 'utf8')
    expect(journal).not.toMatch(/geheim42|tief43/)
    expect(journal).toContain(
      '"{\\"api_token\\":\\"********\\",\\"v\\":{\\"url\\":\\"u\\",\\"deep\\":[{\\"token\\":\\"********\\"}]}}"',
    )
    expect(journal).toContain(`"resumes":"${id}"`)
  })

  test('a torn last line hinders nothing', async () => {
    const id = await killed()
    const path = join(work.dir, 'state/upgrade-push/runs', id, 'events.ndjson')
    await appendFile(path, '{"v":1,"seq":99,"t":"2026-')
    expect((await work.run(['runs'])).stdout).toMatch(new RegExp(`^${id} .* cut off$`, 'm'))
    expect((await work.run(['runs', 'show', id])).stdout).toContain('TASK [first]')
    expect((await work.run(['resume', id])).code).toBe(0)
  })

  test('--rerun takes the hosts that a run left failed', async () => {
    await put(work, 'bad.h2', '')
    await work.run(args)
    const again = await work.run([...args, '--rerun', 'failed', 'last', '--output', 'json'])
    expect(ends(again.events, 2)).toEqual({ h2: 'failed' })
    expect(again.events[0]).toMatchObject({
      hosts: 1,
      command: { args: expect.arrayContaining(['--rerun', 'failed']) },
    })
    for (const [more, says] of [
      [['unreachable', 'last'], /has no host that is unreachable\n/],
      [['failed', 'last', '-l', 'h1'], /the limit leaves none\n/],
      [['fialed', 'last'], /"fialed" is no result of a host\n {2}did you mean "failed"/],
    ] as const) {
      expect((await work.run([...args, '--rerun', ...more])).stderr).toMatch(says)
    }
    const fewer = await work.run(['-i', 'h1,', args[2] as string, '--rerun', 'failed', 'last'])
    expect(fewer.stderr).toMatch(/^--rerun: not in the inventory any more: h2\n/)
  })
})

describe('journals of other programs', () => {
  const started = (more: object) => ({
    seq: 1,
    t: '2026-01-02T03:04:05.000Z',
    run: '20260102T030405Z-00aa',
    type: 'run_started',
    mode: 'apply',
    playbooks: ['/old/play.yml'],
    version: '0.0.9',
    user: 'op',
    controller: '',
    forks: 1,
    diff: false,
    hosts: 1,
    ...more,
  })
  const write = async (...events: object[]) => {
    const dir = join(work.dir, 'state/upgrade-push/runs/20260102T030405Z-00aa')
    await mkdir(join(dir, 'hosts'), { recursive: true })
    await writeFile(join(dir, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  }

  test('an older one is listed and shown; to continue it, its command line must be given', async () => {
    const { stdout: controller } = await command(['hostname'])
    await write(started({ controller: controller.trim() }), {
      ...started({}),
      seq: 2,
      type: 'warning',
      message: 'from long ago',
    })
    expect((await work.run(['runs'])).stdout).toMatch(/^20260102T030405Z-00aa .* cut off$/m)
    expect((await work.run(['runs', 'show', '00aa'])).stdout).toContain('[WARNING]: from long ago')
    const resumed = await work.run(['resume', '00aa'])
    expect([resumed.code, resumed.stderr]).toEqual([
      1,
      expect.stringMatching(/does not say what was typed\n.*command line again/),
    ])
  })

  test('a newer one is named as such, and spoils no list', async () => {
    await write(started({ v: 7 }))
    await work.run(args)
    const list = await work.run(['runs'])
    expect([list.code, list.stdout]).toEqual([0, expect.stringMatching(/unreadable: .*format version 7 is newer/)])
    expect(list.stdout).toMatch(/ done$/m)
    const shown = await work.run(['runs', 'show', '00aa'])
    expect([shown.code, shown.stderr]).toEqual([
      1,
      expect.stringMatching(/newer than this program.*\n {2}use the upgrade-push/),
    ])
  })

  test('a disk that became full under the journal', async () => {
    const state = join(work.dir, 'small')
    await mkdir(state)
    await command(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state])
    try {
      const chatty = await put(
        work,
        'chatty.yml',
        `- hosts: all\n  gather_facts: false\n  tasks:\n${'    - shell: head -c 30000 /dev/zero | tr "\\0" x\n'.repeat(6)}`,
      )
      const full = await work.run(['-i', args[1] as string, chatty], { XDG_STATE_HOME: state })
      expect([full.code, full.stderr]).toEqual([99, expect.stringMatching(/cannot be written: ENOSPC/)])
      expect(full.stdout).toMatch(
        /^\[INTERRUPT\]: Stopping, as the journal .*events\.ndjson cannot be written: ENOSPC/m,
      )
      const list = await work.run(['runs'], { XDG_STATE_HOME: state })
      expect([list.code, list.stdout]).toEqual([0, expect.stringMatching(/ chatty\.yml +3 .* cut off$/m)])
    } finally {
      await command(['umount', state])
    }
  })

  test('a disk without room for its beginning: nothing starts', async () => {
    const state = join(work.dir, 'none')
    const written = join(work.dir, 'written')
    await mkdir(state)
    await command(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state])
    try {
      await command(['sh', '-c', 'cat /dev/zero >"$1/filler" || true', 'sh', state])
      const play = await put(
        work,
        'touch.yml',
        `- hosts: all\n  tasks: [{ file: { path: ${written}, state: touch } }]\n`,
      )
      for (const more of [[], ['--confirm', '--yes']]) {
        const full = await work.run(['-i', args[1] as string, play, ...more], { XDG_STATE_HOME: state })
        expect([full.code, full.stdout, full.stderr]).toEqual([
          1,
          '',
          expect.stringMatching(
            /the journal .*\/none\/.*events\.ndjson cannot be written: ENOSPC.* \(0 of 1 MiB are free\)\n/,
          ),
        ])
      }
      expect((await work.run(['runs'], { XDG_STATE_HOME: state })).stdout).not.toMatch(/touch\.yml|cut off/)
      await expect(readFile(written)).rejects.toThrow('ENOENT')
    } finally {
      await command(['umount', state])
    }
  })

  test('an empty one is not said to be continued', async () => {
    await write()
    const shown = await work.run(['runs', 'show', '00aa'])
    expect([shown.code, shown.stderr]).toEqual([
      0,
      expect.stringMatching(/^This run can't be continued, as it ended before it wrote anything; start it again/),
    ])
    expect((await work.run(['watch', '00aa'])).stderr).not.toContain('upgrade-push resume')
  })
})

describe('a run that another process drives', () => {
  let run: Run
  let id: string
  const control = (...words: string[]) => work.run(['control', id, ...words])

  beforeEach(async () => {
    await hold('h1', 'h2', 'h3')
    run = work.start([...args, '--output', 'json'])
    for (const host of ['h1', 'h2', 'h3']) await run.event('the second step', secondBegan(host))
    id = await newest()
  })
  afterEach(async () => {
    run.signal('SIGKILL')
    await run.ended
  })

  test('is watched to its end, and can not be resumed meanwhile', async () => {
    expect((await work.run(['runs'])).stdout).toMatch(new RegExp(`^${id} .* running$`, 'm'))
    expect((await work.run(['resume', id])).stderr).toMatch(/is still under way\n.*upgrade-push watch/)
    const watching = work.start(['watch', 'last', '--output', 'json'])
    await watching.event('what was before', secondBegan('h1'))
    for (const host of ['h1', 'h2', 'h3']) await free(host)
    const { events, code } = await run.ended
    const watched = await watching.ended
    expect([watched.code, watched.events]).toEqual([code, events])
  })

  test('that is killed ends the watching too, and says so', async () => {
    const watching = work.start(['watch', 'last', '--output', 'json'])
    await watching.event('what was before', secondBegan('h1'))
    run.signal('SIGKILL')
    expect(await watching.ended).toMatchObject({
      code: 99,
      stderr: `The process of run ${id} ended without the run's end. Continue it with: upgrade-push resume ${id}\n`,
    })
  })

  test('takes commands from a second shell', async () => {
    expect(await control('pause')).toMatchObject({ code: 0, stderr: '' })
    await run.event('the pause', (event) => event.type === 'paused' && event.paused)
    expect(await control('skip', 'h9')).toMatchObject({ code: 1, stdout: '' })
    await free('h1')
    await run.event('the end of h1', (event) => event.type === 'host_result' && event.host === 'h1' && event.step === 1)
    await sleep(500)
    expect(await control('skip', 'h3')).toMatchObject({ code: 0, stderr: '' })
    expect(await control('resume')).toMatchObject({ code: 0 })
    await run.event('the last step', (event) => event.type === 'host_result' && event.host === 'h1' && event.step === 3)
    for (const host of ['h2', 'h3']) await free(host)
    const { events } = await run.ended
    const steered = events.filter(({ type }) => type === 'steering')
    expect(steered.map((event) => 'accepted' in event && [event.command, event.accepted])).toEqual([
      ['pause', true],
      ['skip', false],
      ['skip', true],
      ['resume', true],
    ])
    const resumed = events.findIndex((event) => event.type === 'paused' && !event.paused)
    expect(events.findIndex((event) => event.type === 'host_result' && event.step === 3)).toBeGreaterThan(resumed)
    expect(ends(events, 3)).toEqual({ h1: 'ok', h2: 'ok' })
    expect(await readdir(join(work.dir, 'state/upgrade-push/runs', id))).not.toContain('control.sock')
  })

  test('is aborted from a second shell: steps finish, no other begins', async () => {
    expect(await control('abort')).toMatchObject({ code: 0 })
    for (const host of ['h1', 'h2', 'h3']) await free(host)
    const { code, events } = await run.ended
    expect([code, ends(events, 1), ends(events, 3)]).toEqual([99, { h1: 'changed', h2: 'changed', h3: 'changed' }, {}])
  })

  test('does not mind what is sent to its socket', async () => {
    const where = controlPath(join(work.dir, 'state/upgrade-push/runs', id))
    const abuse = [
      Buffer.alloc(2_000_000, 'a'),
      Buffer.from('\0\xff\n{}\n[[[[\n'),
      Buffer.from('{"command":"__proto__"}\n'.repeat(200)),
    ]
    for (const bytes of abuse) {
      await new Promise<void>((resolve) => {
        const socket = connect(where.path, () => socket.end(bytes))
        socket.resume().on('error', () => {})
        socket.on('close', () => resolve())
      })
    }
    const silent = Array.from({ length: 30 }, () => connect(where.path).on('error', () => {}))
    for (const host of ['h1', 'h2', 'h3']) await free(host)
    expect((await run.ended).code).toBe(0)
    for (const socket of silent) socket.destroy()
    where.close()
  })
})
