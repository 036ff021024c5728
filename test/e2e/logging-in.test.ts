import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../lab/command.ts'
import { type Fleet, startFleet } from '../../lab/fleet/fleet.ts'
import { CLI, type Ended, Workspace } from './cli.ts'
import { put } from './files.ts'

// Keys, passwords, sudo and host keys that are wrong, one clear line each; and secrets that are right and stay secret.

let fleet: Fleet
let work: Workspace
let whoami: string
let inventory: string

beforeAll(async () => {
  work = await Workspace.make()
  whoami = await put(
    work,
    'whoami.yml',
    '- hosts: in1\n  gather_facts: false\n  tasks:\n    - command: id -un\n      register: me\n    - debug: {var: me.stdout}\n',
  )
  fleet = await startFleet({
    name: 'e2e-login',
    hosts: [
      { name: 'in1', kind: 'plain' },
      { name: 'rekeyed1', kind: 'rekeyed' },
    ],
  })
  inventory = await readFile(fleet.inventoryPath, 'utf8')
})
afterAll(async () => {
  await fleet.stop()
  await work.remove()
})

/** Runs as `user` with variables in the inventory; `key: false` leaves the fleet's key out. */
async function as(
  user: string,
  variables: Readonly<Record<string, string>>,
  more: readonly string[] = [],
  key = true,
): Promise<Ended> {
  const lines = inventory
    .split('\n')
    .filter((line) => !/^ansible_user=/.test(line) && (key || !line.includes('private_key_file')))
  const extra = Object.entries({ ansible_user: user, ...variables }).map(([name, value]) => `${name}=${value}`)
  const path = await put(work, 'hosts.ini', `${[...lines, ...extra].join('\n')}\n`, 0o600)
  return work.run(['-i', path, whoami, ...more])
}
const says = (code: number, words: RegExp) => ({ code, stdout: expect.stringMatching(words), stderr: '' })

describe('a login', () => {
  test('with a key that is not there, is none, needs a passphrase, is refused', async () => {
    const broken = await put(work, 'broken', 'garbage\n', 0o600)
    const locked = join(work.dir, 'locked')
    const foreign = join(work.dir, 'foreign')
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'right phrase', '-f', locked])
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', foreign])
    const key = (path: string) => as('root', { ansible_ssh_private_key_file: path }, [], false)
    expect(await key('/nowhere/key')).toMatchObject(says(4, /UNREACHABLE! => the key \/nowhere\/key does not exist/))
    expect(await key(broken)).toMatchObject(says(4, /UNREACHABLE! => .*broken is no private key/))
    expect(await key(locked)).toMatchObject(says(4, /UNREACHABLE! => the key .*locked needs a passphrase/))
    expect(await key(foreign)).toMatchObject(says(4, /UNREACHABLE! => root@.* refused the login: tried key .*foreign/))
  })

  test('with a wrong passphrase, and with the right one', async () => {
    const locked = join(work.dir, 'locked2')
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'right phrase', '-f', locked])
    await run([
      'sh',
      '-c',
      'cat "$1" >>"$2"',
      'sh',
      `${locked}.pub`,
      join(await fleet.host('in1').root(), 'root/.ssh/authorized_keys'),
    ])
    const path = await put(work, 'locked.ini', inventory.replace(/private_key_file=.*/, `private_key_file=${locked}`))
    const wrong = await onTerminal(['-i', path, whoami], 'wrong phrase')
    expect(wrong).toMatch(/Passphrase of .*locked2: [\s\S]*UNREACHABLE! => .*(passphrase)/)
    const right = await onTerminal(['-i', path, whoami], 'right phrase')
    expect(right).toMatch(/"me.stdout": "root"[\s\S]*code 0/)
    expect(right).not.toContain('right phrase')
  })

  test('with a password that is refused, one that is right, and none', async () => {
    expect(await as('deploy', { ansible_password: 'not-the-password' }, [], false)).toMatchObject(
      says(4, /UNREACHABLE! => deploy@.* refused the login: tried password/),
    )
    expect(await as('deploy', { ansible_password: fleet.password }, [], false)).toMatchObject(says(0, /"deploy"/))
    expect(await as('deploy', {}, [], false)).toMatchObject(says(4, /refused the login: there was nothing to try/))
  })

  test('to a host whose key has changed: both fingerprints, and where the known one stands', async () => {
    const playbook = await put(work, 'ping.yml', '- hosts: rekeyed1\n  gather_facts: false\n  tasks:\n    - ping:\n')
    const known =
      (await readFile(fleet.knownHosts, 'utf8'))
        .split('\n')
        .findIndex((line) => line.includes(fleet.hosts[1]?.address ?? '')) + 1
    for (const more of [[], ['--accept-new-host-keys']]) {
      const { code, stdout } = await work.run(['-i', fleet.inventoryPath, playbook, ...more])
      const pair = new RegExp(
        `HOST KEY CHANGED: .*SHA256:\\S+, but known is .*SHA256:\\S+ \\(${fleet.knownHosts}:${known}\\)`,
      )
      expect([code, stdout]).toEqual([4, expect.stringMatching(pair)])
    }
  })

  test('to a host that nobody knows: refused, unless its key may be recorded', async () => {
    const known = await put(work, 'known_hosts', '')
    const path = await put(work, 'unknown.ini', inventory.replace(fleet.knownHosts, known))
    const refused = await work.run(['-i', path, whoami])
    expect(refused).toMatchObject(says(4, /UNREACHABLE! => .*(not known|unknown).*[\s\S]*--accept-new-host-keys/))
    expect(await readFile(known, 'utf8')).toBe('')
    expect(await work.run(['-i', path, whoami, '--accept-new-host-keys'])).toMatchObject({ code: 0 })
    expect(await work.run(['-i', path, whoami])).toMatchObject(says(0, /"root"/))
    expect((await readFile(known, 'utf8')).trim().split('\n')).toHaveLength(1)
  })
})

describe('sudo', () => {
  test('without a password, with a wrong one, forbidden, and for nobody', async () => {
    expect(await as('deploy', {}, ['-b'])).toMatchObject(
      says(2, /FAILED! => sudo: it wants a password and none was given/),
    )
    expect(await as('deploy', { ansible_become_password: 'not-the-password' }, ['-b'])).toMatchObject(
      says(2, /FAILED! => sudo: the password was not accepted/),
    )
    expect(await as('ops', {}, ['-b', '--become-user', 'nobody-here'])).toMatchObject(
      says(2, /FAILED! => sudo: .*nobody-here/),
    )
    await fleet.exec('in1', [
      'sh',
      '-ec',
      'useradd -m -p x outsider; mkdir -m 700 ~outsider/.ssh; cp ~ops/.ssh/authorized_keys ~outsider/.ssh/; chown -R outsider ~outsider/.ssh',
    ])
    expect(await as('outsider', { ansible_become_password: 'whatever-it-is' }, ['-b'])).toMatchObject(
      says(2, /FAILED! => sudo: /),
    )
  })

  test('without a password where none is wanted', async () => {
    expect(await as('ops', { ansible_become_password: 'never-asked-for' }, ['-b'])).toMatchObject(says(0, /"root"/))
  })
})

describe('a secret', () => {
  test('is in no output, journal, log, argument list or file of the host', async () => {
    const secret = fleet.password
    const playbook = await put(
      work,
      'leaks.yml',
      `- hosts: in1
  gather_facts: false
  become: true
  tasks:
    - shell: for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/cmdline; tr '\\0' '\\n' <$p/environ; done 2>/dev/null; true
      register: processes
    - shell: printf '%s\\n' '{{ ansible_become_password }}' | tee /dev/stderr; printf '%s' '{{ ansible_become_password }}' | base64
      register: told
    - debug: {var: told}
    - copy: {content: "password={{ ansible_become_password }}\\n", dest: /root/kept, mode: "0600"}
      diff: true
    - fail: {msg: "it is {{ ansible_become_password }}"}
      ignore_errors: true
    - gather_modules: {target_release: "9"}
    - install_rpms: {release: "9", repositories: [nope]}
      ignore_errors: true
`,
    )
    const path = await put(
      work,
      'deploy.ini',
      inventory.replace('ansible_user=root', `ansible_user=deploy\nansible_become_password=${secret}`),
      0o600,
    )
    for (const output of ['plain', 'json']) {
      const { code, stdout, stderr } = await work.run(['-i', path, playbook, '-D', '-vvv', '--output', output])
      expect([code, stderr], stdout).toEqual([0, ''])
      expect(spellings(secret).filter((text) => stdout.includes(text))).toEqual([])
      expect(stdout).toContain('********')
    }
    for (const folder of await work.runs()) {
      const logs = (await readdir(join(folder, 'hosts')).catch(() => [])).map((name) => join(folder, 'hosts', name))
      for (const file of [join(folder, 'events.ndjson'), ...logs]) {
        const text = await readFile(file, 'utf8')
        expect([file, spellings(secret).filter((spelling) => text.includes(spelling))]).toEqual([file, []])
      }
    }
    // The one file that was asked for holds it, and no other.
    const found = await fleet.exec('in1', [
      'sh',
      '-c',
      `grep -rlF -- '${secret}' /root /tmp /var /run /etc /home 2>/dev/null; true`,
    ])
    expect(found.stdout).toBe('/root/kept\n')
  })
})

function spellings(secret: string): string[] {
  return [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('hex')]
}

/** Runs on a terminal of its own and answers the first question. @returns all that was shown, and the exit code. */
function onTerminal(args: readonly string[], answer: string): Promise<string> {
  const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', `${command}; echo code $?`, '/dev/null'], {
    env: { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: join(work.dir, 'state') },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  let answered = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    if (answered || !/: $/.test(shown)) return
    answered = true
    child.stdin.write(`${answer}\n`)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(shown))
  })
}
