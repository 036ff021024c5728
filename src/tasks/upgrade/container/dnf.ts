import { quote } from '../../../remote/quote.ts'
import { STATE } from '../layout.ts'
import type { ContainerInputs } from '../manifests.ts'

/** Folders that dnf writes to, none of them the host's own. Each is a word of shell, which may hold an expansion in quotes. */
export interface DnfFolders {
  readonly cache: string
  readonly log: string
  readonly persist: string
  /** Holds the definitions of repositories that the playbook brings along. */
  readonly repos: string
}

export const DNF_FOLDERS: DnfFolders = {
  cache: `${STATE}/dnf/cache`,
  log: `${STATE}/dnf/log`,
  persist: `${STATE}/dnf/persist`,
  repos: `${STATE}/dnf/repos.d`,
}

/** Where dnf looks for repositories on a host. */
export const HOST_REPO_FOLDERS: readonly string[] = ['/etc/yum.repos.d', '/etc/yum/repos.d', '/etc/distro.repos.d']

/** A shell word that is the host's dnf 4: dnf 5 may stand under the plain name. */
const DNF4 = '"$(command -v dnf-3 || command -v dnf)"'

/**
 * The host's dnf with everything that decides its outcome on the command line: the named repositories and no other, folders of our own
 * whatever the installroot holds, no plugins, no weak dependencies. A root or a command is to be added behind it.
 */
export function dnfCommand(inputs: ContainerInputs, folders: DnfFolders): string {
  const major = /^(\d+)(\.\d+)*$/.exec(inputs.release)?.[1]
  const options = [
    '--assumeyes',
    '--config=/etc/dnf/dnf.conf',
    '--noplugins',
    quote(`--releasever=${inputs.release}`),
    "'--disablerepo=*'",
    ...inputs.repositories.map(({ id }) => quote(`--enablerepo=${id}`)),
    `--setopt=reposdir=${[folders.repos, ...HOST_REPO_FOLDERS].join(',')}`,
    '--setopt=varsdir=/etc/dnf/vars,/etc/yum/vars',
    `--setopt=cachedir=${folders.cache}`,
    `--setopt=logdir=${folders.log}`,
    `--setopt=persistdir=${folders.persist}`,
    '--setopt=keepcache=1',
    '--setopt=install_weak_deps=0',
    '--setopt=skip_if_unavailable=0',
    '--setopt=strict=1',
    ...(major === undefined ? [] : [`--setopt=module_platform_id=platform:el${major}`]),
    ...(inputs.gpgcheck ? ['--setopt=gpgcheck=1', "'--setopt=*.gpgcheck=1'"] : ['--nogpgcheck']),
  ]
  return [DNF4, ...options].join(' ')
}

/**
 * Shell that makes the folders and writes the playbook's own repositories where only our dnf looks. Locks of a dnf that was killed go
 * away: they name a process by a number that in another PID namespace is somebody else's, for whom dnf would wait for ever. Who may run
 * dnf here at all is decided by the host's lock.
 */
export function prepareDnf(inputs: ContainerInputs, folders: DnfFolders): string {
  const own = inputs.repositories.filter(({ baseurl }) => baseurl !== undefined)
  const text = own.map((repo) => repoSection(repo, inputs.gpgcheck)).join('\n')
  const file = `${folders.repos}/upgrade-push.repo`
  return [
    `mkdir -p ${Object.values(folders).join(' ')}`,
    `rm -f ${[folders.cache, folders.log, folders.persist].map((folder) => `${folder}/*_lock.pid`).join(' ')}`,
    text === '' ? `rm -f ${file}` : `printf %s ${quote(text)} >${file}`,
  ].join('\n')
}

function repoSection(repo: ContainerInputs['repositories'][number], gpgcheck: boolean): string {
  return [
    `[${repo.id}]`,
    `name=${repo.id}`,
    `baseurl=${repo.baseurl}`,
    'enabled=0',
    `gpgcheck=${gpgcheck ? 1 : 0}`,
    ...(repo.gpgkey === undefined ? [] : [`gpgkey=${repo.gpgkey.startsWith('/') ? 'file://' : ''}${repo.gpgkey}`]),
    '',
  ].join('\n')
}

/**
 * Shell that prints `pin ID SHA256` for each repository: the digest of its newest repomd.xml in dnf's cache.
 * dnf keeps each repository in a folder of its id, a dash and sixteen hex digits of its address.
 */
export function printPins(inputs: ContainerInputs, folders: DnfFolders): string {
  return `for id in ${inputs.repositories.map(({ id }) => quote(id)).join(' ')}; do
  repomd=$(ls -t ${folders.cache}/"$id"-????????????????/repodata/repomd.xml 2>/dev/null | head -n 1)
  [ -z "$repomd" ] || printf 'pin %s %s\\n' "$id" "$(sha256sum <"$repomd" | cut -c1-64)"
done`
}
