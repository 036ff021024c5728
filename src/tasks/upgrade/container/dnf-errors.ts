/** What dnf's own words come down to: one line, and what to do about it. */
export interface DnfFailure {
  readonly message: string
  readonly remedy?: string | undefined
}

type Rule = readonly [pattern: RegExp, say: (match: RegExpExecArray, text: string) => DnfFailure]

const NEXT = 'run again once it can be reached: what was downloaded is kept'

// The first that matches wins: a cause stands before what follows from it.
const RULES: readonly Rule[] = [
  [
    /Unknown repo: '([^']+)'/,
    ([, id]) => ({
      message: `no such repository: ${id}`,
      remedy: 'name repositories that the host knows, or give baseurl',
    }),
  ],
  [
    /Unable to find a match: (.+)/,
    ([, names]) => ({
      message: `no such package: ${names?.trim().split(/\s+/).join(', ')}`,
      remedy: 'correct the request that asks for it, or add the repository that has it',
    }),
  ],
  [
    /At least (\S+) more space needed on the (\S+) filesystem/,
    ([, amount]) => ({
      message: `no space: the packages need at least ${amount} more`,
      remedy: 'free space there, then run again',
    }),
  ],
  [
    /No space left on device|\[Errno 28\]|Disk quota exceeded/,
    () => ({ message: 'no space: the disk filled up', remedy: 'free space there, then run again' }),
  ],
  [
    /Failed to download metadata for repo '([^']+)'(?:: (.*))?/,
    ([, id, why], text) => ({
      message: `repository ${id} can't be read: ${curlError(text) ?? why ?? 'no metadata'}`,
      remedy: NEXT,
    }),
  ],
  [
    /Couldn't \w+ a file:\/\/ file for (file:\/\/\S*(?:gpg|GPG|key|KEY|pki)\S*)/,
    ([, key]) => ({
      message: `the signing key ${key} is not there`,
      remedy: 'put the key on the host, or correct gpgkey',
    }),
  ],
  [
    /Public key for (\S+) is not installed/,
    ([, rpm]) => ({ message: `${rpm} is signed with a key that is not trusted`, remedy: 'name its key in gpgkeys' }),
  ],
  [
    /Package (\S+) is not signed/,
    ([, rpm]) => ({
      message: `${rpm} is not signed`,
      remedy: 'use a repository with signed packages, or say gpgcheck: false',
    }),
  ],
  [
    /(?:package|Package) (\S+) (?:does not verify|cannot be verified)[^\n]*/,
    ([line, rpm]) => ({
      message: `${rpm} is damaged: ${line.trim()}`,
      remedy: 'repair the repository, then run again',
    }),
  ],
  [
    /Error opening (\S+): No such file or directory/,
    ([, rpm]) => ({
      message: `${fileName(rpm)} is missing from its repository`,
      remedy: 'repair the repository, then run again',
    }),
  ],
  [
    /Package "?([^\s"]+)"? from local repository "?([^\s"]+)"? has incorrect checksum/,
    ([, rpm, id]) => ({
      message: `${rpm} of repository ${id} is damaged: its checksum is wrong`,
      remedy: 'repair the repository, then run again',
    }),
  ],
  [/\[FAILED\] (\S+\.rpm):/, ([, rpm = ''], text) => notDownloaded(rpm, text)],
  [
    // rpm often loses the cause on the way ("No such file or directory"), but a write fails for one of these two.
    /unpacking of archive failed on file ([^\s;]+)\S*: cpio: write failed/,
    ([, file]) => ({
      message: `no space, or a faulty disk: ${file} of a package could not be written`,
      remedy: 'free space below /var/lib/upgrade-push, then run again',
    }),
  ],
  [
    /(?:Error unpacking rpm package|Cannot open|cannot open|unpacking of archive failed[^\n]*?) (\S+)[^\n]*/,
    ([line]) => ({ message: `a package is damaged: ${line.trim()}`, remedy: 'repair the repository, then run again' }),
  ],
  [
    /GPG check FAILED/,
    () => ({ message: 'a package failed its signature check', remedy: 'see the log; name the right key in gpgkeys' }),
  ],
  [
    /Error:\s*\n\s*(Problem[^\n]*(?:\n\s+- [^\n]*)*)/,
    ([, problem]) => ({
      message: `the packages can't be installed together: ${problem
        ?.split('\n')
        .map((l) => l.trim().replace(/^- /, ''))
        .join('; ')}`,
      remedy: 'correct the requests, or add the repository that has what is missing',
    }),
  ],
]

/** The cause in dnf's output, in one line that names the package or repository. Falls back on dnf's last error line. */
export function dnfFailure(output: string): DnfFailure {
  for (const [pattern, say] of RULES) {
    const match = pattern.exec(output)
    if (match) return say(match, output)
  }
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const error = lines.filter((line) => /^(Error|error|Curl error)\b/.test(line)).at(-1) ?? lines.at(-1)
  return { message: error === undefined ? 'dnf failed and said nothing' : `dnf failed: ${error}` }
}

/** dnf lists each mirror's answer before it gives a package up. */
function notDownloaded(rpm: string, text: string): DnfFailure {
  const answers = text.split('\n').filter((line) => line.startsWith(`[MIRROR] ${rpm}: `))
  const why = answers.at(-1)?.slice(`[MIRROR] ${rpm}: `.length).trim() ?? 'no mirror has it'
  if (/checksum/i.test(why)) {
    return { message: `${rpm} is damaged: its checksum is wrong`, remedy: 'repair the repository, then run again' }
  }
  return { message: `${rpm} can't be downloaded: ${why}`, remedy: NEXT }
}

function curlError(text: string): string | undefined {
  return /Curl error \(\d+\): ([^\n]*)/.exec(text)?.[1]?.trim()
}

function fileName(path: string | undefined): string {
  return path?.slice(path.lastIndexOf('/') + 1) ?? 'a package'
}
