import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ownerOf } from './packages.ts'

/** `%files` lines by the name of the RPM that they belong to. */
export type FileLists = Map<string, string[]>

// State of the build, of Debian's own tools, and what each system makes for itself; none of it belongs to a package.
const LEFT_OUT = [
  /^\/(boot|dev|mnt|media|proc|run|sys|tmp)(\/|$)/,
  /^\/usr\/(share\/(doc|man|locale|info|lintian|bug)|lib\/(apt|dpkg)|s?bin\/(apt|dpkg)[^/]*)(\/|$)/,
  /^\/var\/(backups|cache|log|lib\/(rpm|dnf|dpkg|apt|ucf|systemd\/(deb-|catalog)[^/]*))(\/|$)/,
  /^\/etc\/(apt|dpkg|cron[^/]*|init\.d|rc.\.d|logcheck|ucf\.conf|debconf\.conf|debian_version)(\/|$)/,
  /^\/etc\/(machine-id|resolv\.conf|hostname|hosts|fstab|(passwd|g?shadow|group)-|os-release|issue(\.net)?|motd|ld\.so\.cache|dracut\.conf)$/,
  /^\/etc\/ssh\/ssh_host_|^\/usr\/lib\/os-release$|^\/root\/\.|\/(apt-daily|dpkg-db-backup)[^/]*$/,
]

// rpm gives files to users and groups by name, and a package's files get their final names together: the package that
// brings the names has to be installed before any other that uses them.
const ACCOUNTS = /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid|nsswitch\.conf)$/

/** Resolves the directory part of each path inside `root`: Debian's file lists still say /lib and /bin. */
function resolver(root: string): (path: string) => string {
  const known = new Map<string, string>()
  return (path) => {
    const dir = dirname(path)
    let real = known.get(dir)
    if (real === undefined) {
      try {
        const full = realpathSync(root + dir)
        real = full.startsWith(root) ? full.slice(root.length) : dir
      } catch {
        real = dir // its package's files were left out by the bootstrap
      }
      known.set(dir, real)
    }
    return join(real || '/', basename(path))
  }
}

function debOwners(root: string): Map<string, string> {
  const resolve = resolver(root)
  const owners = new Map<string, string>()
  const info = join(root, 'var/lib/dpkg/info')
  for (const list of readdirSync(info).filter((name) => name.endsWith('.list'))) {
    const deb = list.slice(0, -'.list'.length).replace(/:.*/, '')
    for (const line of readFileSync(join(info, list), 'utf8').split('\n')) {
      if (!line || line === '/.') continue
      const path = resolve(line)
      if (!owners.has(path)) owners.set(path, deb)
    }
  }
  return owners
}

function names(file: string): Map<number, string> {
  const rows = readFileSync(file, 'utf8').trim().split('\n')
  return new Map(rows.map((row) => row.split(':')).map((cells) => [Number(cells[2]), cells[0] ?? 'root']))
}

/** Quotes a path for `%files`, where rpm expands globs and macros and knows no escape for a backslash. */
export function quotePath(path: string): string {
  return `"${path.replace(/[[*?]/g, '[$&]').replaceAll('\\', '?').replaceAll('%', '%%')}"`
}

/** The list of one RPM, begun when it is first asked for. */
export function listOf(lists: FileLists, rpm: string): string[] {
  const list = lists.get(rpm) ?? []
  lists.set(rpm, list)
  return list
}

/**
 * Shares the files of a Debian tree out among RPMs by the Debian package that brought them.
 * Compiled Python goes with its source, whatever else was made by a maintainer script goes to `labos-base`.
 */
export function shareOut(root: string): FileLists {
  const owners = debOwners(root)
  const users = names(join(root, 'etc/passwd'))
  const groups = names(join(root, 'etc/group'))
  const lists: FileLists = new Map()

  const debOf = (path: string): string | undefined => {
    const compiled = /^(.*)\/__pycache__(?:\/(.*)\.cpython-\d+(?:\.opt-\d)?\.pyc)?$/.exec(path)
    if (compiled) return owners.get(compiled[2] === undefined ? `${compiled[1]}` : `${compiled[1]}/${compiled[2]}.py`)
    return owners.get(path)
  }

  const visit = (dir: string): void => {
    for (const name of readdirSync(root + dir).sort()) {
      const path = join(dir || '/', name)
      if (LEFT_OUT.some((pattern) => pattern.test(path))) continue
      const stat = lstatSync(root + path)
      if (!stat.isDirectory() && !stat.isFile() && !stat.isSymbolicLink()) continue
      const deb = debOf(path)
      // Many packages list the upper directories, and /lib, which is a link: they belong to all.
      const depth = path.split('/').length - 1
      const shared = depth === 1 || (stat.isDirectory() && depth <= 4)
      const accounts = ACCOUNTS.test(path)
      const rpm = accounts ? 'setup' : deb === undefined || shared ? 'labos-base' : ownerOf(deb)
      if (rpm !== undefined) {
        const line: string[] = []
        const mode = stat.isSymbolicLink() ? '-' : (stat.mode & 0o7777).toString(8).padStart(4, '0')
        if (accounts) line.push(`%attr(${mode},root,root)`)
        else if (stat.uid || stat.gid) {
          line.push(`%attr(${mode},${users.get(stat.uid) ?? 'root'},${groups.get(stat.gid) ?? 'root'})`)
        }
        if (stat.isDirectory()) line.push('%dir')
        else if (stat.isFile() && path.startsWith('/etc/')) line.push('%config(noreplace)')
        line.push(quotePath(path))
        listOf(lists, rpm).push(line.join(' '))
      }
      if (stat.isDirectory()) visit(path)
    }
  }
  visit('')
  return lists
}
