import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { processIdentity } from '../../../src/remote/lock/holder.ts'
import type { Remote, UploadSource } from '../../../src/remote/types.ts'
import { Sessions } from './host.ts'
import { PASSWORDS, type SshServer, startCutProxy, startSshServer } from './sshServer.ts'

let server: SshServer
let sessions: Sessions
let remote: Remote
let dir: string
beforeAll(async () => {
  server = await startSshServer()
  sessions = new Sessions(server)
})
beforeEach(async () => {
  remote = await (await sessions.apply()).writable()
  dir = (await remote.run('mktemp -d /var/lib/up.XXXXXX')).stdout.trim()
})
afterEach(() => sessions.close())
afterAll(() => server.stop())

const bytes = (data: Uint8Array): UploadSource => ({
  size: data.length,
  sha256: createHash('sha256').update(data).digest('hex'),
  from: data,
})
const ls = async () => (await remote.run(`ls -A ${dir}`)).stdout.split('\n').filter(Boolean)
const owner = { run: 'r1', who: 'me@here', process: processIdentity() }

describe('uploading', () => {
  it.each([0, 1, 5000, 1 << 20, 5_000_001])('%i bytes, once', async (size) => {
    const data = randomBytes(size)
    expect(await remote.upload(bytes(data), `${dir}/f`, { mode: 0o640 })).toEqual({ changed: true })
    expect((await remote.run(`sha256sum <${dir}/f; stat -c %a ${dir}/f`)).stdout).toBe(
      `${bytes(data).sha256}  -\n640\n`,
    )
    expect(await remote.upload(bytes(data), `${dir}/f`, { mode: 0o640 })).toEqual({ changed: false })
    expect(await ls()).toEqual(['f'])
  })

  it('streams a file of the controller, with progress', async () => {
    const path = join(server.dir, 'big')
    const data = randomBytes(12_000_000)
    writeFileSync(path, data)
    const seen: number[] = []
    const source = { ...bytes(data), from: { path } }
    await remote.upload(source, `${dir}/big`, { mode: 0o600, onProgress: (sent) => seen.push(sent) })
    expect(seen.at(-1)).toBe(data.length)
    expect((await remote.run(`sha256sum <${dir}/big`)).stdout).toContain(source.sha256)
  })

  it('sends nothing but attributes when the content is there', async () => {
    const source = bytes(Buffer.from('hello'))
    await remote.upload(source, `${dir}/f`, { mode: 0o644 })
    const inode = (await remote.run(`stat -c %i ${dir}/f`)).stdout
    expect(await remote.upload(source, `${dir}/f`, { mode: 0o755, owner: 'bob', group: 'carol' })).toEqual({
      changed: true,
    })
    expect((await remote.run(`stat -c '%a %U %G' ${dir}/f; stat -c %i ${dir}/f`)).stdout).toBe(
      `755 bob carol\n${inode}`,
    )
    expect(await remote.upload(source, `${dir}/f`, { mode: 0o755, owner: '4001', group: '4002' })).toEqual({
      changed: false,
    })
  })

  it('takes any name, and replaces a link rather than what it points to', async () => {
    const name = `${dir}/a b'c"$d\\ü\n-e`
    await remote.upload(bytes(Buffer.from('x')), name, { mode: 0o600 })
    expect((await remote.run(`cat ${dir}/a*`)).stdout).toBe('x')
    await remote.run(`echo precious >${dir}/target; ln -s target ${dir}/link`)
    await remote.upload(bytes(Buffer.from('new')), `${dir}/link`, { mode: 0o600 })
    expect(await remote.run(`cat ${dir}/target; cat ${dir}/link; test -L ${dir}/link`)).toMatchObject({
      stdout: 'precious\nnew',
      code: 1,
    })
  })

  it('works as a user that is become', async () => {
    const session = await sessions.apply({ ansible_user: 'alice' })
    const root = await session.writable({ method: 'sudo', user: 'root', password: PASSWORDS.alice })
    const data = randomBytes(3_000_000)
    await root.upload(bytes(data), `${dir}/f`, { mode: 0o600 })
    expect((await remote.run(`stat -c %U ${dir}/f; sha256sum <${dir}/f`)).stdout).toBe(
      `root\n${bytes(data).sha256}  -\n`,
    )
  })

  it('sends many big files at once over one connection', async () => {
    const all = Array.from({ length: 12 }, () => randomBytes(1_500_000))
    await Promise.all(all.map((data, i) => remote.upload(bytes(data), `${dir}/f${i}`, { mode: 0o600 })))
    expect((await ls()).length).toBe(12)
  })
})

describe('failing', () => {
  const data = randomBytes(4_000_000)

  it('names a missing directory, a directory in the way, an unknown owner', async () => {
    await expect(remote.upload(bytes(data), '/nonesuch/f', { mode: 0o600 })).rejects.toMatchObject({
      kind: 'upload',
      message: expect.stringContaining('directory does not exist'),
    })
    await expect(remote.upload(bytes(data), dir, { mode: 0o600 })).rejects.toMatchObject({
      message: expect.stringContaining('directory of that name'),
    })
    await expect(
      remote.upload(bytes(Buffer.from('x')), `${dir}/f`, { mode: 0o600, owner: 'nosuchuser' }),
    ).rejects.toMatchObject({ message: expect.stringContaining('nosuchuser') })
    expect(await ls()).toEqual([])
  })

  it('leaves a full disk and the destination as they were, with figures', async () => {
    await remote.run(`mount -t tmpfs -o size=2m tmpfs ${dir} && echo old >${dir}/f`)
    await expect(remote.upload(bytes(data), `${dir}/f`, { mode: 0o600 })).rejects.toMatchObject({
      kind: 'upload',
      message: expect.stringMatching(/no space left: 4000000 bytes are needed, \d+ bytes are free/),
    })
    // Filling up while it is written: nothing announced it.
    await remote.run(`mkdir ${dir}/sub; head -c 1900000 /dev/zero >${dir}/filler`)
    await expect(remote.upload(bytes(data.subarray(0, 900_000)), `${dir}/f`, { mode: 0o600 })).rejects.toMatchObject({
      message: expect.stringContaining('no space left'),
    })
    expect((await remote.run(`cat ${dir}/f`)).stdout).toBe('old\n')
    expect(await ls()).toEqual(['f', 'filler', 'sub'])
    await remote.run(`umount ${dir}`)
  })

  it('notices a source that is not what it was said to be', async () => {
    const path = join(server.dir, 'changing')
    writeFileSync(path, data)
    const wrong = { ...bytes(data), sha256: bytes(Buffer.from('x')).sha256, from: { path } }
    await expect(remote.upload(wrong, `${dir}/f`, { mode: 0o600 })).rejects.toMatchObject({
      kind: 'upload',
      message: expect.stringContaining('digest'),
    })
    await expect(
      remote.upload({ ...bytes(data), size: data.length + 5, from: { path } }, `${dir}/f`, { mode: 0o600 }),
    ).rejects.toMatchObject({ kind: 'upload', message: expect.stringContaining('changed while') })
    await expect(
      remote.upload({ ...bytes(data), from: { path: '/nonesuch' } }, `${dir}/f`, { mode: 0o600 }),
    ).rejects.toMatchObject({ kind: 'upload', message: expect.stringContaining('ENOENT') })
    expect(await ls()).toEqual([])
    expect(await remote.upload(bytes(data), `${dir}/f`, { mode: 0o600 })).toEqual({ changed: true })
  })

  it('leaves no half file when the link is cut, and the next upload sweeps up', async () => {
    const proxy = await startCutProxy(server.port)
    const args = '-F none -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no'
    const session = await sessions.apply({ ansible_port: proxy.port, ansible_ssh_common_args: args })
    const cut = await session.writable()
    await remote.run(`echo old >${dir}/f`)
    proxy.cutAfter(2_000_000)
    proxy.refuse(false)
    const upload = cut.upload(bytes(data), `${dir}/f`, { mode: 0o600 })
    await expect(upload).rejects.toMatchObject({ kind: 'lost' })
    expect((await remote.run(`cat ${dir}/f`)).stdout).toBe('old\n')
    await remote.run(`: >${dir}/.upgrade-push.0123.tmp; sleep 1.1`)
    await remote.lock(owner)
    await remote.upload(bytes(data), `${dir}/f`, { mode: 0o600 })
    expect(await ls()).toEqual(['f'])
    await remote.unlock()
    await proxy.close()
  })

  it('can be cancelled', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 30)
    const slow = remote.upload(bytes(randomBytes(60_000_000)), `${dir}/f`, { mode: 0o600, signal: abort.signal })
    await expect(slow).rejects.toMatchObject({ kind: 'aborted' })
    expect(await ls()).toEqual([])
  })
})
