import { homedir, hostname, userInfo } from 'node:os'

/** Who connects where: the values of ssh_config's `%` tokens. */
export interface Route {
  /** Inventory's address, before ssh_config mapped it. */
  readonly alias: string
  readonly hostname: string
  readonly port: number
  readonly user: string
}

/** Expands `~` and ssh's `%` tokens in the path of a key, socket or known_hosts file. */
export function expandPath(path: string, route: Route): string {
  const tokens: Record<string, () => string> = {
    '%': () => '%',
    d: homedir,
    h: () => route.hostname,
    n: () => route.alias,
    p: () => String(route.port),
    r: () => route.user,
    u: () => userInfo().username,
    i: () => String(userInfo().uid),
    l: hostname,
    L: () => hostname().split('.')[0] ?? '',
  }
  const absolute = path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path
  return absolute.replace(/%(.)/g, (all, letter: string) => tokens[letter]?.() ?? all)
}
