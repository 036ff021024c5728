import { join } from 'node:path'
import { stateRoot } from '../paths.ts'

/** Every path of one running fleet. */
export interface RunFiles {
  dir: string
  /** What `down` and `status` need to know: see FleetRecord. */
  record: string
  inventory: string
  knownHosts: string
  sshConfig: string
  clientKey: string
  /** The password of the users `deploy` and `ops`, mode 0600. */
  password: string
  /** Lower overlay layer that all hosts share. */
  layer: string
  /** What the repository server serves: labos8 and labos9, links to folders. */
  repo: string
  repoLog: string
  pids: string
  /** One folder per host: upper, work, root, boot, log. */
  host: (name: string) => string
}

/** @throws Error when `name` can't be part of a path. */
export function runFiles(name: string): RunFiles {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw new Error(`'${name}' is no fleet name: a-z, 0-9 and - only`)
  const dir = join(stateRoot(), name)
  return {
    dir,
    record: join(dir, 'fleet.json'),
    inventory: join(dir, 'hosts.ini'),
    knownHosts: join(dir, 'known_hosts'),
    sshConfig: join(dir, 'ssh_config'),
    clientKey: join(dir, 'id_ed25519'),
    password: join(dir, 'password'),
    layer: join(dir, 'layer'),
    repo: join(dir, 'repo'),
    repoLog: join(dir, 'repo.log'),
    pids: join(dir, 'pids'),
    host: (host) => join(dir, 'hosts', host),
  }
}
