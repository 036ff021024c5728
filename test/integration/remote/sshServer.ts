import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ValueMap } from '../../../src/expression/values.ts'

/** Passwords of the users that the server's namespace adds. */
export const PASSWORDS = { alice: "al'ice pw", bob: 'bob-pw', carol: 'carol-pw' } as const

const SUDOERS = `Defaults !lecture
root ALL=(ALL) ALL
alice ALL=(ALL) ALL
bob ALL=(ALL) NOPASSWD: ALL
`

export interface SshServer {
  readonly dir: string
  readonly port: number
  /** Private key that every user accepts. */
  readonly key: string
  readonly knownHosts: string
  /** Variables to reach it with. */
  vars(more?: ValueMap): ValueMap
  /** Runs a script as root in the server's mount namespace. */
  inside(script: string): string
  stop(): Promise<void>
}

export interface SshServerOptions {
  /** Lines for sshd_config, before ours. */
  readonly config?: string
  /** Login shell of the users; a script text. */
  readonly shell?: string
  readonly hostKeyType?: 'ed25519' | 'ecdsa' | 'rsa'
}

/**
 * What this machine's root has in the start-up files of his shell is no host's: it may take long, wait for locks, and leave some when a test
 * kills it.
 */
export const HIDE_ROOTS_HOME = 'mount -t tmpfs -o mode=700 tmpfs "$(getent passwd root | cut -d: -f6)"'

/**
 * A real sshd on loopback in a mount namespace of its own, with its own /run, /var/lib, users and sudoers: what tests do as root on the "host"
 * stays in there, apart from what they write below its directory.
 */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const dir = mkdtempSync(join(tmpdir(), 'sshd-'))
  chmodSync(dir, 0o755)
  const path = (name: string) => join(dir, name)
  const keygen = (file: string, type: string, pass = '') =>
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', pass, '-f', file, '-C', 'test'])
  keygen(path('host'), options.hostKeyType ?? 'ed25519')
  keygen(path('key'), 'ed25519')
  writeFileSync(path('authorized'), readFileSync(path('key.pub')))
  const shell = options.shell ? path('shell') : '/bin/sh'
  if (options.shell) writeFileSync(shell, options.shell, { mode: 0o755 })
  const root = readFileSync('/etc/passwd', 'utf8').replace(/^(root:.*:)[^:]*$/m, `$1${shell}`)
  const users = Object.keys(PASSWORDS)
  const passwd = users.map((user, i) => `${user}:x:${4000 + i}:${4000 + i}::${path(user)}:${shell}\n`).join('')
  const shadow = Object.entries(PASSWORDS).map(([user, word]) => {
    const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: word, encoding: 'utf8' }).trim()
    return `${user}:${hash}:19000:0:99999:7:::\n`
  })
  writeFileSync(path('passwd'), root + passwd)
  writeFileSync(path('shadow'), readFileSync('/etc/shadow', 'utf8') + shadow.join(''), { mode: 0o600 })
  writeFileSync(
    path('group'),
    readFileSync('/etc/group', 'utf8') + users.map((user, i) => `${user}:x:${4000 + i}:\n`).join(''),
  )
  writeFileSync(path('sudoers'), SUDOERS, { mode: 0o440 })
  users.forEach((user, i) => {
    mkdirSync(path(user))
    execFileSync('chown', [`${4000 + i}:${4000 + i}`, path(user)])
  })
  const port = await freePort()
  writeFileSync(
    path('sshd_config'),
    `${options.config ?? ''}
Port ${port}
ListenAddress 127.0.0.1
HostKey ${path('host')}
AuthorizedKeysFile ${path('authorized')}
StrictModes no
UsePAM no
PidFile none
PermitRootLogin yes
MaxStartups 100
Subsystem sftp internal-sftp
`,
  )
  const setup = `mount -t tmpfs tmpfs /run && mkdir /run/sshd && mount -t tmpfs tmpfs /var/lib && ${HIDE_ROOTS_HOME} || exit 1
for file in passwd shadow group sudoers; do mount --bind ${dir}/$file /etc/$file || exit 1; done
exec /usr/sbin/sshd -D -e -f ${path('sshd_config')} -E ${path('sshd.log')}`
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', setup], { stdio: 'ignore' })
  await waitForPort(port)
  const hostKey = readFileSync(path('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
  writeFileSync(path('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`)
  return {
    dir,
    port,
    key: path('key'),
    knownHosts: path('known_hosts'),
    vars: (more = {}) => ({
      ansible_host: '127.0.0.1',
      ansible_port: port,
      ansible_user: 'root',
      ansible_private_key_file: path('key'),
      ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${path('known_hosts')} -o GlobalKnownHostsFile=none -o IdentityAgent=none`,
      ...more,
    }),
    inside: (script) =>
      execFileSync('nsenter', ['-t', String(child.pid), '-m', 'sh', '-c', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    async stop() {
      // Sessions first: they are children of sshd's, and in its namespace.
      const ended = once(child, 'exit')
      for (const pid of descendants(child.pid as number)) kill(pid)
      kill(child.pid as number)
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const below = (parent: number): number[] =>
    pairs.filter(([, p]) => p === parent).flatMap(([child]) => [...below(child), child])
  return below(pid)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // already gone
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function waitForPort(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const socket = dial(port, '127.0.0.1')
    const open = await Promise.race([
      once(socket, 'data').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await sleep(50)
  }
  throw new Error('sshd did not start')
}

export interface CutProxy {
  readonly port: number
  /** Bytes that went to the server. */
  readonly sent: number
  readonly connections: number
  /** Cuts all connections; `silent` leaves them open without passing anything on. */
  cut(how?: 'reset' | 'silent'): void
  /** Cuts by itself once this many bytes went to the server. */
  cutAfter(bytes: number): void
  /** Refuses new connections from now on, or takes them again. */
  refuse(refused: boolean): void
  close(): Promise<void>
}

/** A TCP proxy whose connections can be cut in mid-stream. */
export async function startCutProxy(target: number): Promise<CutProxy> {
  const pairs = new Set<[Socket, Socket]>()
  let [sent, connections, limit, refused] = [0, 0, Number.POSITIVE_INFINITY, false]
  const silent: Socket[] = []
  const cut = (how: 'reset' | 'silent' = 'reset') => {
    for (const [client, server] of pairs) {
      if (how === 'silent') {
        client.unpipe()
        server.unpipe()
        client.pause()
        server.pause()
        silent.push(client, server)
      } else {
        client.resetAndDestroy()
        server.resetAndDestroy()
      }
    }
    pairs.clear()
  }
  const proxy = createServer((client) => {
    if (refused) {
      client.resetAndDestroy()
      return
    }
    connections++
    const server = dial(target, '127.0.0.1')
    pairs.add([client, server])
    client.on('data', (chunk) => {
      sent += chunk.length
      if (sent >= limit) {
        limit = Number.POSITIVE_INFINITY
        cut()
      }
    })
    client.pipe(server)
    server.pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as { port: number }).port,
    get sent() {
      return sent
    },
    get connections() {
      return connections
    },
    cut,
    cutAfter: (bytes) => {
      limit = sent + bytes
    },
    refuse: (value) => {
      refused = value
    },
    async close() {
      cut()
      for (const socket of silent) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
