import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { processIdentity } from '../../../src/remote/lock/holder.ts'
import type { JobSpec, Remote } from '../../../src/remote/types.ts'
import { Sessions } from './host.ts'
import { type SshServer, startCutProxy, startSshServer } from './sshServer.ts'

let server: SshServer
let sessions: Sessions
beforeAll(async () => {
  server = await startSshServer()
  sessions = new Sessions(server)
})
beforeEach(() => server.inside('rm -rf /var/lib/upgrade-push /var/lib/mark /var/lib/mark2'))
afterEach(() => sessions.close())
afterAll(() => server.stop())

const remote = async (vars = {}): Promise<Remote> => (await sessions.apply(vars)).writable()
const spec = (script: string, more: Partial<JobSpec> = {}): JobSpec => ({
  name: 'dnf',
  script,
  inputsDigest: 'd1',
  timeoutMs: 30_000,
  ...more,
})
/** For a machine that is busy with other things. */
const PATIENCE = { timeout: 60_000 }
const running = (what: string) => server.inside(`ps axww | grep -c '${what.replace(/^./, '[$&]')}' || true`).trim()

describe('a job', () => {
  it('runs detached, and its lines come as they are written', async () => {
    const lines: string[] = []
    // It goes on only once its first line has arrived.
    const script =
      'echo one; until [ -e /var/lib/mark ]; do sleep 0.1; done; echo two >&2; printf "€ th"; sleep 0.6; echo ree; exit 3'
    const result = await (await remote()).job(spec(script), {
      onLine: (line, stream) => {
        lines.push(`${stream} ${line}`)
        if (line === 'one') server.inside('touch /var/lib/mark')
      },
    })
    expect(result).toEqual({
      code: 3,
      stdout: 'one\n€ three\n',
      stderr: 'two\n',
      truncated: false,
      adopted: false,
      logPath: '/var/lib/upgrade-push/jobs/dnf/stdout',
    })
    expect(lines).toEqual(['stdout one', 'stderr two', 'stdout € three'])
    expect(server.inside('stat -c %a /var/lib/upgrade-push /var/lib/upgrade-push/jobs/dnf | sort -u')).toBe('700\n')
  })

  it('goes on over a lost link', async () => {
    const proxy = await startCutProxy(server.port)
    const args = '-F none -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no'
    const one = await remote({ ansible_port: proxy.port, ansible_ssh_common_args: args })
    const job = one.job(spec('for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done'))
    await sleep(1000)
    proxy.refuse(true)
    proxy.cut()
    await sleep(1200)
    proxy.refuse(false)
    expect(await job).toMatchObject({ code: 0, stdout: '1\n2\n3\n4\n5\n6\n' })
    await proxy.close()
  })

  it('is adopted by the next run when its inputs are the same', async () => {
    const abandoned = new Sessions(server)
    const first = await (await abandoned.apply()).writable()
    const lost = first.job(spec('echo start; sleep 2; echo end; echo x >>/var/lib/mark'))
    lost.catch(() => {})
    await expect
      .poll(() => server.inside('cat /var/lib/upgrade-push/jobs/dnf/stdout || true'), PATIENCE)
      .toBe('start\n')
    // The controller is gone: nobody follows any more.
    await abandoned.close()
    const second = await remote()
    expect(await second.job(spec('echo start; sleep 2; echo end; echo x >>/var/lib/mark'))).toMatchObject({
      adopted: true,
      code: 0,
      stdout: 'start\nend\n',
    })
    expect(server.inside('cat /var/lib/mark')).toBe('x\n')
  })

  it('gives a result that nobody saw to the next run, once', async () => {
    const one = await remote()
    await one.job(spec('echo x >>/var/lib/mark; echo done'))
    server.inside('rm /var/lib/upgrade-push/jobs/dnf/collected')
    expect(await one.job(spec('echo x >>/var/lib/mark; echo done'))).toMatchObject({ adopted: true, stdout: 'done\n' })
    expect(await one.job(spec('echo x >>/var/lib/mark; echo done'))).toMatchObject({ adopted: false })
    expect(server.inside('cat /var/lib/mark')).toBe('x\nx\n')
  })

  it('with other inputs is stopped first, whole', async () => {
    const abandoned = new Sessions(server)
    const first = await (await abandoned.apply()).writable()
    first.job(spec('sleep 4243 & sleep 4243')).catch(() => {})
    await expect.poll(() => running('sleep 4243'), PATIENCE).toBe('2')
    await abandoned.close()
    expect(await (await remote()).job(spec('echo new', { inputsDigest: 'd2' }))).toMatchObject({
      adopted: false,
      stdout: 'new\n',
    })
    expect(running('sleep 4243')).toBe('0')
  })

  it('is bounded in time and can be cancelled; then nothing of it runs on', async () => {
    const one = await remote()
    await expect(one.job(spec('echo hello; sleep 4244', { timeoutMs: 1500 }))).rejects.toMatchObject({
      kind: 'timeout',
    })
    expect(running('sleep 4244')).toBe('0')
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 800)
    await expect(one.job(spec('sleep 4245'), { signal: abort.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect(running('sleep 4245')).toBe('0')
  })

  it('that was killed is told from one that failed', async () => {
    const one = await remote()
    const job = one.job(spec('echo working; kill -9 $PPID; sleep 0.2; kill -9 $$'))
    await expect(job).rejects.toMatchObject({ kind: 'killed', message: expect.stringContaining('working') })
    expect(await one.job(spec('echo again'))).toMatchObject({ adopted: false, stdout: 'again\n' })
  })

  it('that says very much keeps its end', async () => {
    const one = await remote()
    const result = await one.job(
      spec('i=0; while [ $i -lt 60000 ]; do echo "line $i of a job that talks and talks"; i=$((i+1)); done; echo last'),
    )
    expect(result.truncated).toBe(true)
    expect(result.stdout.endsWith('line 59999 of a job that talks and talks\nlast\n')).toBe(true)
    expect(result.stdout.length).toBeLessThanOrEqual(1 << 20)
  })

  it('that fills the disk can still say so', async () => {
    server.inside('mkdir -p /var/lib/upgrade-push && mount -t tmpfs -o size=1m,mode=700 tmpfs /var/lib/upgrade-push')
    try {
      const words = 'i=0; while [ $i -lt 400 ]; do echo "words of a command that failed: $i"; i=$((i+1)); done'
      const fill = `dd if=/dev/zero of=/var/lib/upgrade-push/filler 2>/dev/null; ${words}`
      // What was in the way is gone again at the end, as after a package that could not be unpacked.
      const result = await (await remote()).job(spec(`${fill}; rm /var/lib/upgrade-push/filler; exit 1`))
      expect(result.stdout).toContain('words of a command that failed: 399\n')
    } finally {
      server.inside('umount /var/lib/upgrade-push')
    }
  })

  it('carries the token of the lock, and checks it when it starts', async () => {
    const one = await remote()
    await one.lock({ run: 'r', who: 'me@here', process: processIdentity() })
    expect(await one.job(spec('echo fine'))).toMatchObject({ code: 0 })
    expect(server.inside('grep -c "token=1" /var/lib/upgrade-push/jobs/dnf/run')).toBe('1\n')
    await one.unlock()
  })

  it('of an earlier run is stopped before the first change of the next, and one of another name before the next job', async () => {
    const first = await remote()
    const lives = "sh -c 'while sleep 0.2; do date >/var/lib/mark; done' still-writing"
    const owner = { run: 'r1', who: 'ann@desk', process: processIdentity() }
    await first.lock(owner)
    const cut = first.job(spec(lives)).catch(() => undefined)
    await expect.poll(() => running('still-writing'), PATIENCE).toBe('1')
    const second = await remote()
    await second.lock({ ...owner, run: 'r2', force: true })
    // Looking is no change.
    await second.probe([{ script: ':', onFailure: 'stop' }])
    expect(running('still-writing')).toBe('1')
    await second.run('rm -f /var/lib/mark')
    await sleep(600)
    expect(server.inside('ls /var/lib/mark 2>&1 || true')).toContain('No such file')
    await cut

    const third = await remote()
    const other = third.job(spec(lives)).catch(() => undefined)
    await expect.poll(() => running('still-writing'), PATIENCE).toBe('1')
    expect(await second.job(spec('echo done', { name: 'dracut' }))).toMatchObject({ code: 0, adopted: false })
    expect(running('still-writing')).toBe('0')
    await other
  })

  it('is not started twice by two who do not know of each other', async () => {
    const [a, b] = [await remote(), await remote()]
    const script = 'echo x >>/var/lib/mark; until [ -e /var/lib/mark2 ]; do sleep 0.1; done'
    const first = a.job(spec(script))
    await expect.poll(() => server.inside('cat /var/lib/mark 2>/dev/null || true'), PATIENCE).toBe('x\n')
    const second = b.job(spec(script))
    setTimeout(() => server.inside('touch /var/lib/mark2'), 1000)
    expect(await Promise.all([first, second])).toEqual([
      expect.objectContaining({ adopted: false, code: 0 }),
      expect.objectContaining({ adopted: true, code: 0 }),
    ])
    expect(server.inside('cat /var/lib/mark')).toBe('x\n')
  })
})
