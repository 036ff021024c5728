import type { Probe } from '../../contract.ts'
import type { ContainerInputs } from '../manifests.ts'
import { type DnfFolders, dnfCommand, HOST_REPO_FOLDERS, prepareDnf, printPins } from './dnf.ts'

/** The host's dnf: its generation, and the repositories it knows, each with its file. */
export interface DnfFact {
  readonly generation: 'dnf4' | 'dnf5' | 'none'
  readonly repositories: Readonly<Record<string, string>>
}

/** Reads configuration files only: starting dnf would take longer than all other probes together. */
export const dnfProbe: Probe<DnfFact> = {
  id: 'upgrade.dnf',
  script: `if command -v dnf-3 >/dev/null; then echo dnf4
elif path=$(command -v dnf); then case $(readlink -f "$path") in *dnf5*) echo dnf5 ;; *) echo dnf4 ;; esac
elif command -v dnf5 >/dev/null; then echo dnf5
else echo none; fi
for file in ${HOST_REPO_FOLDERS.map((folder) => `${folder}/*.repo`).join(' ')} /etc/dnf/dnf.conf; do
  [ ! -f "$file" ] || sed -n 's/^\\[\\([^]]*\\)\\].*/\\1/p' "$file" | while IFS= read -r id; do echo "repo $file $id"; done
done`,
  reads: [...HOST_REPO_FOLDERS.map((folder) => `tree:${folder}` as const), 'tree:/etc/dnf'],
  parse({ stdout }) {
    const lines = stdout.split('\n')
    const repositories: Record<string, string> = {}
    for (const line of lines) {
      const [, file, id] = /^repo (\S+) (.+)$/.exec(line) ?? []
      if (file !== undefined && id !== undefined && id !== 'main') repositories[id] ??= file
    }
    const generation = lines[0] === 'dnf4' || lines[0] === 'dnf5' ? lines[0] : 'none'
    return { generation, repositories }
  },
}

/** Present digests of the repositories' metadata, or why they could not be had. */
export type PresentPins =
  | { readonly kind: 'not asked' }
  | { readonly kind: 'pins'; readonly pins: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly output: string }

const SCRATCH: DnfFolders = { cache: '"$D"/cache', log: '"$D"/log', persist: '"$D"/persist', repos: '"$D"/repos.d' }

/** Fetches the metadata into a scratch folder that is removed again: only for `refresh: true`. */
export function presentPinsProbe(
  inputs: Pick<ContainerInputs, 'release' | 'repositories' | 'gpgcheck'>,
  refresh: boolean,
): Probe<PresentPins> {
  if (!refresh) {
    return { id: 'upgrade.repositories.unasked', script: ':', reads: [], parse: () => ({ kind: 'not asked' }) }
  }
  const all: ContainerInputs = { arch: '', gpgkeys: [], rpms: [], copies: [], ...inputs }
  return {
    id: `upgrade.repositories.${JSON.stringify(inputs)}`,
    script: `export LC_ALL=C
D=$(mktemp -d) && trap 'rm -rf "$D"' EXIT || exit 1
${prepareDnf(all, SCRATCH)}
${dnfCommand(all, SCRATCH)} --refresh makecache >"$D/output" 2>&1 </dev/null || { cat "$D/output"; exit 1; }
${printPins(all, SCRATCH)}`,
    reads: ['*'],
    parse({ code, stdout, stderr }) {
      if (code !== 0) return { kind: 'failed', output: stdout + stderr }
      const pairs = stdout.split('\n').flatMap((line) => {
        const [word, id, digest] = line.split(' ')
        return word === 'pin' && id && digest ? [[id, digest] as const] : []
      })
      return { kind: 'pins', pins: Object.fromEntries(pairs) }
    },
  }
}
