import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../command.ts'
import { repoFile } from '../distro/content.ts'
import { REPO_PORT, repoAddress } from './plan.ts'
import type { RunFiles } from './run-files.ts'

/** Users that a host has besides root: deploy needs the password for sudo, ops doesn't. */
const USERS = [
  { name: 'deploy', id: 1001, sudo: 'deploy ALL=(ALL:ALL) ALL' },
  { name: 'ops', id: 1002, sudo: 'ops ALL=(ALL:ALL) NOPASSWD: ALL' },
]

const SSHD = `HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
UsePAM no
`

/** Writes files below `root` with exactly this mode; new directories are 0755, whatever the umask. */
export async function writeFiles(root: string, files: Readonly<Record<string, string>>, mode = 0o644): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, path)
    const first = await mkdir(dirname(full), { recursive: true })
    for (let dir = dirname(full); first && dir.startsWith(first); dir = dirname(dir)) await chmod(dir, 0o755)
    await writeFile(full, text)
    await chmod(full, mode)
  }
}

/**
 * Makes the overlay layer that all hosts of a fleet share: users, keys, the SSH server's settings, the repository.
 * Passwords are made anew for each fleet and never leave its run folder: anybody on the machine can reach its servers.
 */
export async function makeLayer(files: RunFiles, root8: string, block: number): Promise<void> {
  const { layer } = files
  const read = (path: string) => readFile(join(root8, path), 'utf8')
  const publicKey = await readFile(`${files.clientKey}.pub`, 'utf8')
  const password = (await readFile(files.password, 'utf8')).trim()
  const hash = (await run(['openssl', 'passwd', '-6', '-stdin'], { input: `${password}\n` })).stdout.trim()

  const row = (text: (user: (typeof USERS)[number]) => string) => USERS.map((user) => `${text(user)}\n`).join('')
  await writeFiles(layer, {
    'etc/passwd': (await read('etc/passwd')) + row((u) => `${u.name}:x:${u.id}:${u.id}::/home/${u.name}:/bin/bash`),
    'etc/group': (await read('etc/group')) + row((u) => `${u.name}:x:${u.id}:`),
    'etc/ssh/sshd_config.d/10-lab.conf': SSHD,
    'etc/yum.repos.d/labos.repo': repoFile(`http://${repoAddress(block)}:${REPO_PORT}`),
    'root/.ssh/authorized_keys': publicKey,
  })
  await writeFiles(
    layer,
    {
      'etc/shadow': (await read('etc/shadow')) + row((u) => `${u.name}:${hash}:19000:0:99999:7:::`),
      'etc/gshadow': (await read('etc/gshadow')) + row((u) => `${u.name}:!::`),
    },
    0o640,
  )
  await writeFiles(layer, { 'etc/sudoers.d/lab': row((u) => u.sudo) }, 0o440)
  for (const dir of ['root', 'root/.ssh']) await chmod(join(layer, dir), 0o700)
  for (const user of USERS) {
    const home = join(layer, 'home', user.name)
    await writeFiles(home, { '.ssh/authorized_keys': publicKey })
    await chmod(join(home, '.ssh'), 0o700)
    await run(['chown', '-R', `${user.id}:${user.id}`, home])
  }
}
