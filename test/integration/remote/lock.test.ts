import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { processIdentity } from '../../../src/remote/lock/holder.ts'
import type { LockOwner, Remote } from '../../../src/remote/types.ts'
import { Sessions } from './host.ts'
import { type SshServer, startSshServer } from './sshServer.ts'

let server: SshServer
let sessions: Sessions
beforeAll(async () => {
  server = await startSshServer()
  sessions = new Sessions(server)
})
beforeEach(() => server.inside('rm -rf /var/lib/upgrade-push'))
afterEach(() => sessions.close())
afterAll(() => server.stop())

const remote = async (): Promise<Remote> => (await sessions.apply()).writable()
const me = (run: string, more: Partial<LockOwner> = {}): LockOwner => ({
  run,
  who: 'ann@desk',
  process: processIdentity(),
  ...more,
})
const { bootId } = processIdentity()

/** A process of this machine that is over. */
async function deadProcess(): Promise<LockOwner['process']> {
  const child = spawn('sleep', ['60'])
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  return { bootId, pid: child.pid as number, startTime: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string }
}

describe('the lock', () => {
  it('is held by one run, which others are told of', async () => {
    const [a, b] = [await remote(), await remote()]
    expect(await a.lock(me('r1'))).toEqual({ kind: 'taken', token: 1 })
    expect(await a.lock(me('r1'))).toEqual({ kind: 'taken', token: 1 })
    const held = await b.lock(me('r2'))
    expect(held).toMatchObject({ kind: 'held', by: 'ann@desk', run: 'r1', since: expect.stringMatching(/^20\d\d-/) })
    await a.unlock()
    expect(await b.lock(me('r2'))).toEqual({ kind: 'taken', token: 2 })
  })

  it('passes from a dead run of the same controller, and only from that', async () => {
    const [a, b] = [await remote(), await remote()]
    const dead = await deadProcess()
    await a.lock(me('r1', { process: dead }))
    expect(await b.lock(me('r2', { who: 'bo@other' }))).toMatchObject({ kind: 'held' })
    expect(await b.lock(me('r2'))).toEqual({ kind: 'taken', token: 2, tookOverFrom: 'r1 of ann@desk' })
    await b.unlock()
    await a.lock(me('r3', { process: { ...dead, bootId: 'another-boot' } }))
    expect(await b.lock(me('r4'))).toMatchObject({ kind: 'taken', token: 4 })
  })

  it('is given to exactly one of many who want it', async () => {
    const remotes = await Promise.all(Array.from({ length: 6 }, remote))
    for (let round = 0; round < 3; round++) {
      const outcomes = await Promise.all(remotes.map((one, i) => one.lock(me(`r${round}-${i}`))))
      expect(outcomes.filter(({ kind }) => kind === 'taken').length).toBe(1)
      await Promise.all(remotes.map((one) => one.unlock()))
    }
    const dead = await deadProcess()
    for (let round = 0; round < 10; round++) {
      server.inside('rm -f /var/lib/upgrade-push/lock')
      await remotes[0]?.lock(me(`gone${round}`, { process: dead }))
      const outcomes = await Promise.all(remotes.slice(1).map((one, i) => one.lock(me(`late${round}-${i}`))))
      expect(outcomes.filter(({ kind }) => kind === 'taken').length).toBe(1)
    }
    expect(server.inside('ls /var/lib/upgrade-push')).toBe('lock\nmutex\ntoken\n')
  })

  it('fences a run that was overtaken: frames, uploads and jobs write nothing', async () => {
    const [late, other] = [await remote(), await remote()]
    await late.lock(me('r1'))
    await late.run('echo before >/var/lib/mark')
    expect(await other.lock(me('r2', { force: true }))).toMatchObject({ kind: 'taken', tookOverFrom: 'r1 of ann@desk' })
    await expect(late.run('echo after >/var/lib/mark')).rejects.toMatchObject({ kind: 'fenced' })
    const source = {
      size: 1,
      sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      from: Buffer.from('x'),
    }
    await expect(late.upload(source, '/var/lib/mark', { mode: 0o600 })).rejects.toMatchObject({ kind: 'fenced' })
    const job = { name: 'x', script: 'echo job >/var/lib/mark', inputsDigest: 'd', timeoutMs: 5000 }
    await expect(late.job(job)).rejects.toMatchObject({ kind: 'fenced' })
    expect(server.inside('cat /var/lib/mark')).toBe('before\n')
    expect((await late.probe([{ script: 'echo look', onFailure: 'stop' }]))[0]?.stdout).toBe('look\n')
    // What is not ours is not ours to release.
    await late.unlock()
    expect(await other.lock(me('r2'))).toMatchObject({ token: 2 })
  })

  it('fences an upload that arrives after the lock changed hands', async () => {
    const [late, other] = [await remote(), await remote()]
    await late.lock(me('r1'))
    await late.run('echo before >/var/lib/mark')
    const dir = mkdtempSync(join(tmpdir(), 'upgrade-push-lock-'))
    const fifo = join(dir, 'fifo')
    execFileSync('mkfifo', [fifo])
    const bytes = Buffer.alloc(2 << 20, 'x')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const sending = late.upload({ size: bytes.length, sha256, from: { path: fifo } }, '/var/lib/mark', { mode: 0o600 })
    const outcome = expect(sending).rejects.toMatchObject({ kind: 'fenced' })
    const writer = createWriteStream(fifo)
    writer.write(bytes.subarray(0, 1 << 20))
    await expect.poll(() => server.inside('ls -A /var/lib | grep -c upgrade-push.*tmp || true').trim()).toBe('1')
    await other.lock(me('r2', { force: true }))
    writer.end(bytes.subarray(1 << 20))
    await outcome
    expect(server.inside('cat /var/lib/mark; ls -A /var/lib | grep tmp || true')).toBe('before\n')
    rmSync(dir, { recursive: true })
  })

  it('survives a damaged lock file and says that somebody holds it', async () => {
    const one = await remote()
    server.inside('mkdir -p /var/lib/upgrade-push; printf "\\033[31mgarbage" >/var/lib/upgrade-push/lock')
    expect(await one.lock(me('r1'))).toEqual({ kind: 'held', by: 'unknown', run: 'unknown', since: 'unknown' })
    expect(await one.lock(me('r1', { force: true }))).toMatchObject({ kind: 'taken', token: 1 })
    await one.unlock()
    // Emptied by a reset of the host: nobody's.
    server.inside(': >/var/lib/upgrade-push/lock')
    expect(await one.lock(me('r2'))).toEqual({ kind: 'taken', token: 2 })
  })
})
