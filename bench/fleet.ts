import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CpuAccount, openAccount } from './cpu-account.ts'
import { PROXY_PORT, type Site, SSH_PORT, wipe } from './site.ts'

const ENTER = fileURLToPath(new URL('enter.c', import.meta.url))

/**
 * Starts the simulated fleet: one sshd that answers on every address of 127.10.0.0/16 and shows each host its own tree (enter.c).
 * To be called in a network and a mount namespace of the benchmark's own, which take all of it away when they end.
 */
export async function startFleet(site: Site): Promise<CpuAccount> {
  const at = (name: string) => join(site.scratch, name)
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  mkdirSync(at('hosts'))
  mkdirSync(site.root)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12g,nr_inodes=2m', 'upgrade-push-bench', at('hosts')])
  wipe(site.hosts)
  const places = [`-DHOSTS="${at('hosts')}"`, `-DROOT="${site.root}"`]
  execFileSync('cc', ['-O2', '-static', ...places, '-o', at('enter'), ENTER], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (const key of [at('hostkey'), site.key]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  copyFileSync(`${site.key}.pub`, at('authorized'))
  const hostKey = readFileSync(`${at('hostkey')}.pub`, 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ')
  const known = site.hosts.map(({ address }) => `[${address}]:${SSH_PORT},[${address}]:${PROXY_PORT} ${hostKey}\n`)
  writeFileSync(site.knownHosts, known.join(''))
  const passwd = readFileSync('/etc/passwd', 'utf8')
  writeFileSync(at('passwd'), passwd.replace(/^root:.*$/m, `root:x:0:0:root:${site.root}:${at('enter')}`))
  writeFileSync(at('sshd_config'), sshdConfig(at))
  const account = openAccount('fleet')
  mkdirSync('/run/sshd', { recursive: true })
  // The login shell is for this sshd alone: clients of the benchmark keep the machine's own users.
  const start = `mount --bind ${at('passwd')} /etc/passwd && ulimit -n 20000 && exec /usr/sbin/sshd -D -f ${at('sshd_config')} -E ${at('sshd.log')}`
  const [file = '', ...args] = account.wrap(['unshare', '--mount', '--propagation', 'private', 'bash', '-c', start])
  spawn(file, args, { stdio: 'ignore' })
  await greeting(site.hosts[0]?.address ?? '', at('sshd.log'))
  return account
}

function sshdConfig(at: (name: string) => string): string {
  return `Port ${SSH_PORT}
ListenAddress 0.0.0.0
HostKey ${at('hostkey')}
AuthorizedKeysFile ${at('authorized')}
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
MaxStartups 3000
MaxSessions 100
PidFile none
Subsystem sftp /usr/lib/openssh/sftp-server
PrintMotd no
PrintLastLog no
UseDNS no
LogLevel ERROR
`
}

async function greeting(address: string, log: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = connect(SSH_PORT, address)
      socket.once('data', () => resolve(true)).once('error', () => resolve(false))
      socket.setTimeout(1000, () => resolve(false)).once('close', () => resolve(false))
    })
    if (greeted) return
    await sleep(50)
  }
  throw new Error(`the fleet's sshd does not answer: ${readFileSync(log, 'utf8').trim()}`)
}
