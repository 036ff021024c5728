import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Become, RemoteError } from '../../../src/remote/types.ts'
import { Sessions } from './host.ts'
import { PASSWORDS, type SshServer, startSshServer } from './sshServer.ts'

let server: SshServer
let sessions: Sessions
beforeAll(async () => {
  server = await startSshServer()
  sessions = new Sessions(server)
})
afterEach(() => sessions.close())
afterAll(() => server.stop())

async function as(login: string, become: Partial<Become>): Promise<string> {
  const session = await sessions.apply({ ansible_user: login })
  const remote = await session.writable({ method: 'sudo', user: 'root', ...become })
  return (await remote.run('id -un')).stdout.trim()
}
const refusal = (login: string, become: Partial<Become>) =>
  as(login, become).then(
    () => expect.fail('it became'),
    (error: RemoteError) => error,
  )

describe('real sudo', () => {
  it('takes the password after its prompt', async () => {
    expect(await as('alice', { password: PASSWORDS.alice })).toBe('root')
    expect(await as('alice', { password: PASSWORDS.alice, user: 'carol' })).toBe('carol')
  })

  it('keeps both users apart on one connection, with big payloads', async () => {
    const session = await sessions.apply({ ansible_user: 'alice' })
    const root = await session.writable({ method: 'sudo', user: 'root', password: PASSWORDS.alice })
    const alice = await session.writable()
    const payload = Buffer.alloc(3_000_000, 'x')
    const [a, b] = await Promise.all([root.run('id -un; wc -c', { payload }), alice.run('id -un; wc -c', { payload })])
    expect([a.stdout, b.stdout].map((text) => text.split(/\s+/).slice(0, 2))).toEqual([
      ['root', '3000000'],
      ['alice', '3000000'],
    ])
  })

  it('stops what hangs as root', async () => {
    const session = await sessions.apply({ ansible_user: 'bob' })
    const root = await session.writable({ method: 'sudo', user: 'root' })
    await expect(root.run('exec sleep 4242', { timeoutMs: 300 })).rejects.toMatchObject({ kind: 'timeout' })
    expect((await root.run('ps ax | grep -c "[s]leep 4242"')).stdout.trim()).toBe('0')
  })

  it('never sends a password that is not asked for', async () => {
    expect(await as('bob', { password: PASSWORDS.bob })).toBe('root')
    const session = await sessions.apply({ ansible_user: 'bob' })
    const remote = await session.writable({ method: 'sudo', user: 'root', password: 'SECRET' })
    expect(
      (
        await remote.run(
          'cat; set; ps axww; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n"',
        )
      ).stdout,
    ).not.toContain('SECRET')
  })

  it('tells refusals apart, with a remedy and without the password', async () => {
    const wrong = await refusal('alice', { password: 'wrong-one' })
    expect(wrong).toMatchObject({ kind: 'become', host: 'web1', message: 'sudo: the password was not accepted' })
    expect(wrong.remedy).toContain('-K')
    expect(JSON.stringify([wrong.message, wrong.remedy, wrong.stack])).not.toContain('wrong-one')
    expect((await refusal('alice', {})).message).toContain('wants a password and none was given')
    expect((await refusal('carol', { password: PASSWORDS.carol })).message).toContain('may not become root')
    expect((await refusal('bob', { user: 'nobody-such' })).message).toContain('no user nobody-such')
    expect((await refusal('bob', { exe: '/nonexistent/sudo' })).message).toContain('no /nonexistent/sudo')
  })

  it('recognises requiretty', async () => {
    server.inside(
      `printf 'Defaults requiretty\\nbob ALL=(ALL) NOPASSWD: ALL\\n' > ${server.dir}/tty && chmod 440 ${server.dir}/tty && mount --bind ${server.dir}/tty /etc/sudoers`,
    )
    try {
      const error = await refusal('bob', {})
      expect(error.message).toContain('requiretty')
    } finally {
      server.inside('umount /etc/sudoers')
    }
  })
})

describe('a sudo that behaves badly', () => {
  const fake = (name: string, text: string): string => {
    const path = join(server.dir, name)
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    return path
  }

  it('gets the password only after exactly our prompt', async () => {
    const exe = fake(
      'fake-sudo-other',
      `printf 'Password: ' >&2; read -r got; echo "$got" > ${server.dir}/alice/got; exit 1`,
    )
    const other = as('alice', { exe, password: 'SECRET' })
    const session = await sessions.apply()
    const root = await session.writable()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect((await root.run(`cat ${server.dir}/alice/got`)).code).toBe(1)
    await sessions.close()
    await expect(other).rejects.toBeDefined()
  })

  it('gets it once', async () => {
    const exe = fake(
      'fake-sudo-twice',
      `while [ "$1" != -p ]; do shift; done; printf %s "$2" >&2; read -r a; echo "$a" > ${server.dir}/alice/first; printf %s "$2" >&2; read -r b; echo "$b" > ${server.dir}/alice/second`,
    )
    expect((await refusal('alice', { exe, password: 'SECRET' })).message).toContain('not accepted')
    expect(server.inside(`cat ${server.dir}/alice/first; cat ${server.dir}/alice/second || echo none`)).toMatch(
      /^SECRET\n(\n|none\n)?$/,
    )
  })
})
