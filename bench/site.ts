import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Port of the fleet's sshd, and of the proxy that delays what goes there. */
export const SSH_PORT = 2222
export const PROXY_PORT = 2223

export interface BenchHost {
  readonly name: string
  readonly address: string
  /** The host's own tree, from outside. */
  readonly tree: string
}

/** Where everything of one benchmark is. */
export interface Site {
  readonly scratch: string
  /** Where a host sees its own tree. */
  readonly root: string
  readonly payload: string
  readonly hosts: readonly BenchHost[]
  /** Login key of the fleet. */
  readonly key: string
  readonly knownHosts: string
}

export function planSite(scratch: string, count: number): Site {
  return {
    scratch,
    root: join(scratch, 'root'),
    payload: join(scratch, 'payload'),
    hosts: Array.from({ length: count }, (_, i) => hostAt(scratch, i)),
    key: join(scratch, 'id'),
    knownHosts: join(scratch, 'known_hosts'),
  }
}

/** Addresses are 127.10.X.Y, 250 hosts for each X. */
function hostAt(scratch: string, index: number): BenchHost {
  const place = `${Math.floor(index / 250)}.${(index % 250) + 1}`
  return {
    name: `h${String(index + 1).padStart(4, '0')}`,
    address: `127.10.${place}`,
    tree: join(scratch, 'hosts', place),
  }
}

/** Makes every host as it was delivered: an empty tree. */
export function wipe(hosts: readonly BenchHost[]): void {
  for (const { tree } of hosts) {
    rmSync(tree, { recursive: true, force: true })
    mkdirSync(tree, { recursive: true })
  }
}
