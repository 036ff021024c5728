import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ValueMap } from '../../../src/expression/values.ts'
import { Connector, type ConnectorOptions } from '../../../src/remote/connector.ts'
import { resolveTarget } from '../../../src/remote/target.ts'
import type { ApplySession, RemoteError } from '../../../src/remote/types.ts'
import { freePort, PASSWORDS, type SshServer, startCutProxy, startSshServer } from './sshServer.ts'

let server: SshServer
beforeAll(async () => {
  server = await startSshServer()
})
afterAll(() => server.stop())

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function connect(vars: ValueMap, options: ConnectorOptions = {}, signal?: AbortSignal): Promise<ApplySession> {
  const connector = new Connector(options)
  closers.push(() => connector.close())
  const session = await connector.connect(resolveTarget('web1', vars), { signal })
  closers.push(() => session.close())
  return session
}
const refusal = (vars: ValueMap, options?: ConnectorOptions) =>
  connect(vars, options).then(
    () => expect.fail('it connected'),
    (error: RemoteError) => error,
  )
const whoami = async (session: ApplySession) => (await (await session.writable()).run('id -un')).stdout.trim()
const sshArgs = (more: string) => `${server.vars().ansible_ssh_common_args} ${more}`

describe('logging in', () => {
  it('by key', async () => {
    expect(await whoami(await connect(server.vars()))).toBe('root')
  })

  it('by password and by keyboard-interactive', async () => {
    const vars = server.vars({ ansible_user: 'alice', ansible_private_key_file: '', ansible_password: PASSWORDS.alice })
    expect(await whoami(await connect(vars))).toBe('alice')
    const pam = await startSshServer({
      config: 'KbdInteractiveAuthentication yes\nPasswordAuthentication no\nUsePAM yes',
    })
    closers.push(() => pam.stop())
    const more = { ansible_user: 'alice', ansible_private_key_file: '', ansible_password: PASSWORDS.alice }
    expect(await whoami(await connect(pam.vars(more)))).toBe('alice')
  })

  it('by the second of several keys, and says what was tried when none does', async () => {
    const other = join(server.dir, 'other')
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', other])
    const vars = server.vars({ ansible_private_key_file: other })
    expect(await whoami(await connect({ ...vars, ansible_ssh_common_args: sshArgs(`-i ${server.key}`) }))).toBe('root')
    const error = await refusal(vars)
    expect(error).toMatchObject({ kind: 'auth', host: 'web1' })
    expect(error.message).toContain(other)
    expect(error.message).toMatch(/the server takes publickey/)
  })

  it('asks for a passphrase once for all hosts, and names the key of a wrong one', async () => {
    const locked = join(server.dir, 'locked')
    copyFileSync(server.key, locked)
    execFileSync('chmod', ['600', locked])
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked])
    const vars = server.vars({ ansible_private_key_file: locked })
    const asked: string[] = []
    const secrets = {
      async passphrase(path: string) {
        asked.push(path)
        return 'open sesame'
      },
    }
    const connector = new Connector({ secrets })
    closers.push(() => connector.close())
    for (const session of await Promise.all(
      ['a', 'b', 'c'].map((name) => connector.connect(resolveTarget(name, vars))),
    )) {
      await session.close()
    }
    expect(asked).toEqual([locked])
    const wrong = await refusal(vars, { secrets: { passphrase: async () => 'x' } })
    expect(wrong).toMatchObject({ kind: 'auth', message: `wrong passphrase for the key ${locked}` })
    expect(await refusal(vars)).toMatchObject({ kind: 'auth', message: `the key ${locked} needs a passphrase` })
  })

  it('by an agent', async () => {
    const socket = join(server.dir, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => agent.stdout.once('data', resolve))
    try {
      execFileSync('ssh-add', ['-q', server.key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
      const args = String(server.vars().ansible_ssh_common_args).replace(
        'IdentityAgent=none',
        `IdentityAgent=${socket}`,
      )
      const vars = server.vars({ ansible_private_key_file: '', ansible_ssh_common_args: args })
      expect(await whoami(await connect(vars))).toBe('root')
    } finally {
      agent.kill()
    }
    // The socket is dead now: that must not keep a key from working.
    const args = String(server.vars().ansible_ssh_common_args).replace('IdentityAgent=none', `IdentityAgent=${socket}`)
    expect(await whoami(await connect(server.vars({ ansible_ssh_common_args: args })))).toBe('root')
  })

  it('refuses what can not be used, by name', async () => {
    const none = join(server.dir, 'nonesuch')
    expect(await refusal(server.vars({ ansible_private_key_file: none }))).toMatchObject({
      kind: 'auth',
      message: `the key ${none} does not exist`,
    })
    expect((await refusal(server.vars({ ansible_private_key_file: `${server.key}.pub` }))).message).toContain(
      'is a public key',
    )
    const junk = join(server.dir, 'junk')
    writeFileSync(junk, 'hello')
    expect((await refusal(server.vars({ ansible_private_key_file: junk }))).message).toContain('no private key')
    const wrong = server.vars({ ansible_user: 'alice', ansible_private_key_file: '', ansible_password: 'no' })
    expect(await refusal(wrong)).toMatchObject({ kind: 'auth' })
    expect(JSON.stringify(await refusal(wrong))).not.toContain('"no"')
  })
})

describe('host keys', () => {
  it('refuses an unknown key and files it on request', async () => {
    const file = join(server.dir, 'fresh')
    const args = `-F none -o UserKnownHostsFile=${file} -o GlobalKnownHostsFile=none -o IdentityAgent=none`
    const vars = server.vars({ ansible_ssh_common_args: args })
    const error = await refusal(vars)
    expect(error.kind).toBe('host_key')
    const shown = execFileSync('ssh-keygen', ['-lf', join(server.dir, 'host.pub')], { encoding: 'utf8' }).split(' ')[1]
    expect(error.message).toContain(shown)
    await connect(vars, { acceptNewHostKeys: true })
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(server.knownHosts, 'utf8'))
    await connect(vars)
  })

  it('refuses a changed key with both fingerprints and the line', async () => {
    const file = join(server.dir, 'changed')
    const other = join(server.dir, 'otherhost')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
    writeFileSync(file, `# comment\n[127.0.0.1]:${server.port} ${readFileSync(`${other}.pub`, 'utf8')}`)
    const vars = server.vars({
      ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${file} -o GlobalKnownHostsFile=none`,
    })
    for (const acceptNewHostKeys of [false, true]) {
      const error = await refusal(vars, { acceptNewHostKeys })
      expect(error.kind).toBe('host_key')
      for (const key of [other, join(server.dir, 'host')]) {
        const print = execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' }).split(' ')[1]
        expect(error.message).toContain(print)
      }
      expect(error.message).toContain(`${file}:2`)
    }
  })

  it('asks first for the key types on file, hashed or not, few or many', async () => {
    const dir = server.dir
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', join(dir, 'ecdsa')])
    const both = await startSshServer({ config: `HostKey ${join(dir, 'ecdsa')}` })
    closers.push(() => both.stop())
    const file = join(dir, 'types')
    writeFileSync(file, `[127.0.0.1]:${both.port} ${readFileSync(join(dir, 'ecdsa.pub'), 'utf8')}`)
    const vars = both.vars({
      ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${file} -o GlobalKnownHostsFile=none`,
    })
    await connect(vars)
    const noise = Array.from(
      { length: 300 },
      (_, i) => `h${i} ${readFileSync(server.knownHosts, 'utf8').split(' ').slice(1).join(' ')}`,
    )
    writeFileSync(file, noise.join('') + readFileSync(file, 'utf8'))
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
    await connect(vars)
  })

  it('checks nothing only when told so, and says it', async () => {
    const notices: string[] = []
    const vars = server.vars({
      ansible_ssh_common_args: '-F none -o UserKnownHostsFile=/dev/null',
      ansible_host_key_checking: false,
    })
    await connect(vars, { onNotice: (host, text) => notices.push(`${host}: ${text}`) })
    expect(notices).toEqual(['web1: the host key of 127.0.0.1 is not checked'])
  })
})

describe('the way there', () => {
  it('follows ssh_config: names, users, ports, keys, jump hosts with their own host keys', async () => {
    const jump = await startSshServer()
    closers.push(() => jump.stop())
    const config = join(server.dir, 'config')
    const known = join(server.dir, 'known-all')
    writeFileSync(known, readFileSync(server.knownHosts, 'utf8') + readFileSync(jump.knownHosts, 'utf8'))
    writeFileSync(
      config,
      `Host web1
  HostName 127.0.0.1
  Port ${server.port}
  IdentityFile ${server.key}
  ProxyJump gate
Host gate
  HostName 127.0.0.1
  Port ${jump.port}
  IdentityFile ${jump.key}
  User bob
Host *
  User root
  UserKnownHostsFile ${known}
  GlobalKnownHostsFile none
  IdentityAgent none
`,
    )
    const connector = new Connector()
    closers.push(() => connector.close())
    const target = resolveTarget('web1', { ansible_ssh_common_args: `-F ${config}` })
    const sessions = await Promise.all(Array.from({ length: 12 }, () => connector.connect(target)))
    for (const session of sessions) closers.push(() => session.close())
    expect(await Promise.all(sessions.map(whoami))).toEqual(sessions.map(() => 'root'))
    const log = readFileSync(join(jump.dir, 'sshd.log'), 'utf8')
    expect(log.match(/Accepted publickey for bob/g)?.length).toBe(1)
    // The jump host's key counts as much as the host's.
    writeFileSync(known, readFileSync(server.knownHosts))
    const error = await refusal({ ansible_ssh_common_args: `-F ${config}` })
    expect(error).toMatchObject({ kind: 'host_key', host: 'web1' })
    expect(error.message).toContain('its jump host')
  })

  it('refuses ssh_config that it can not honour', async () => {
    const config = join(server.dir, 'config2')
    for (const [line, word] of [
      ['ProxyCommand nc %h %p', 'ProxyCommand'],
      ['CertificateFile ~/.ssh/id-cert.pub', 'CertificateFile'],
      ['PKCS11Provider /usr/lib/x.so', 'PKCS11Provider'],
      ['PreferredAuthentications gssapi-with-mic', 'GSSAPI'],
    ]) {
      writeFileSync(config, `Host *\n  ${line}\n`)
      const error = await refusal({ ansible_host: '127.0.0.1', ansible_ssh_common_args: `-F ${config}` })
      expect(error.kind).toBe('unreachable')
      expect(error.message).toContain(word)
    }
  })

  it('says why there is no connection', async () => {
    const port = await freePort()
    expect(await refusal(server.vars({ ansible_port: port }))).toMatchObject({
      kind: 'unreachable',
      message: `127.0.0.1 port ${port}: the connection was refused`,
    })
    expect((await refusal(server.vars({ ansible_host: 'no-such-host.invalid' }))).message).toMatch(/name/)
    const mute = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port: silent } = mute.address() as { port: number }
    const started = Date.now()
    expect((await refusal(server.vars({ ansible_port: silent, ansible_ssh_timeout: 1 }))).message).toContain(
      'within 1 s',
    )
    expect(Date.now() - started).toBeLessThan(3000)
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 100)
    await expect(connect(server.vars({ ansible_port: silent }), {}, abort.signal)).rejects.toMatchObject({
      kind: 'aborted',
    })
    mute.close()
  })

  it('runs locally behind the same interface', async () => {
    const session = await connect({ ansible_connection: 'local' })
    expect(await whoami(session)).toBe('root')
  })
})

describe('links that die', () => {
  it('rejects what was under way, and connects again for what comes next', async () => {
    const proxy = await startCutProxy(server.port)
    closers.push(() => proxy.close())
    const known = join(server.dir, 'known-proxy')
    writeFileSync(known, readFileSync(server.knownHosts, 'utf8').replace(String(server.port), String(proxy.port)))
    const args = `-F none -o UserKnownHostsFile=${known} -o GlobalKnownHostsFile=none -o ServerAliveInterval=1 -o ServerAliveCountMax=2`
    const session = await connect(server.vars({ ansible_port: proxy.port, ansible_ssh_common_args: args }))
    const remote = await session.writable()
    const cut = remote.run('sleep 30')
    setTimeout(() => proxy.cut(), 200)
    await expect(cut).rejects.toMatchObject({ kind: 'lost' })
    expect((await remote.run('echo back')).stdout).toBe('back\n')
    const mute = remote.run('sleep 30')
    setTimeout(() => proxy.cut('silent'), 200)
    await expect(mute).rejects.toMatchObject({ kind: 'lost' })
    expect((await remote.run('echo back')).stdout).toBe('back\n')
    expect(proxy.connections).toBe(3)
  })
})
