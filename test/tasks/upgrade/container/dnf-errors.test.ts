import { describe, expect, test } from 'vitest'
import { dnfFailure } from '../../../../src/tasks/upgrade/container/dnf-errors.ts'

// What dnf 4.14 and 4.20 really say.
const SAID: readonly (readonly [what: string, output: string, message: RegExp])[] = [
  [
    'a package that no repository has',
    'No match for argument: a\nError: Unable to find a match: a b\n',
    /^no such package: a, b$/,
  ],
  ['an unknown repository', "Error: Unknown repo: 'nope'\n", /^no such repository: nope$/],
  [
    'a repository that does not answer',
    `Errors during downloading metadata for repository 'base':
  - Curl error (7): Couldn't connect to server for http://10.0.0.1/repodata/repomd.xml [Connection refused]
Error: Failed to download metadata for repo 'base': Cannot download repomd.xml: All mirrors were tried\n`,
    /^repository base can't be read: Couldn't connect to server for http:\/\/10.0.0.1\/repodata\/repomd.xml \[Connection refused\]$/,
  ],
  [
    'a mirror list that is empty',
    "Error: Failed to download metadata for repo 'base': Cannot prepare internal mirrorlist: no mirror\n",
    /^repository base can't be read: Cannot prepare internal mirrorlist: no mirror$/,
  ],
  [
    'no space for the packages',
    `Error: Transaction test error:
  installing package a-1.x86_64 needs 33MB more space on the / filesystem

Error Summary
-------------
Disk Requirements:
   At least 169MB more space needed on the / filesystem.\n`,
    /^no space: the packages need at least 169MB more$/,
  ],
  [
    'a disk that fills up',
    'Error: Error downloading packages:\n  Curl error (23): [Errno 28] No space left on device\n',
    /^no space: the disk filled up$/,
  ],
  [
    'a damaged package of a server',
    `[MIRROR] setup-9.rpm: Downloading successful, but checksum doesn't match. Calculated: e1(sha256)  Expected: e4(sha256)
[FAILED] setup-9.rpm: No more mirrors to try - All mirrors were already tried without success
Error: Error downloading packages:
  setup-9.noarch: Cannot download, all mirrors were already tried without success\n`,
    /^setup-9.rpm is damaged: its checksum is wrong$/,
  ],
  [
    'a package that is gone from its server',
    `[MIRROR] setup-9.rpm: Status code: 404 for http://h/setup-9.rpm (IP: 127.0.0.1)
[FAILED] setup-9.rpm: No more mirrors to try - All mirrors were already tried without success
Error: Error downloading packages:
  setup-9.noarch: Cannot download, all mirrors were already tried without success\n`,
    /^setup-9.rpm can't be downloaded: Status code: 404 for http:\/\/h\/setup-9.rpm/,
  ],
  [
    'a damaged package on this disk',
    'Package "setup-9.noarch" from local repository "bad" has incorrect checksum\nError: Some packages from local repository have incorrect checksum\n',
    /^setup-9.noarch of repository bad is damaged/,
  ],
  [
    'a package that is gone from this disk',
    'Error opening /srv/bad/setup-9.rpm: No such file or directory\nPackage "setup-9.noarch" from local repository "bad" has incorrect checksum\n',
    /^setup-9.rpm is missing from its repository$/,
  ],
  [
    'a package that is not signed',
    'Package hello-1-1.x86_64.rpm is not signed\nError: GPG check FAILED\n',
    /^hello-1-1.x86_64.rpm is not signed$/,
  ],
  [
    'a package signed by somebody else',
    'The GPG keys listed for the "x" repository are already installed but they are not correct for this package.\nPublic key for hello-1.rpm is not installed\nError: GPG check FAILED\n',
    /^hello-1.rpm is signed with a key that is not trusted$/,
  ],
  [
    'a key that is not there',
    "Curl error (37): Couldn't read a file:// file for file:///etc/pki/rpm-gpg/other [Couldn't open file /etc/pki/rpm-gpg/other]\n",
    /^the signing key file:\/\/\/etc\/pki\/rpm-gpg\/other is not there$/,
  ],
  [
    'packages that do not fit together',
    `Error: 
 Problem: conflicting requests
  - nothing provides libfoo needed by bar-1.x86_64
(try to add '--skip-broken' to skip uninstallable packages)\n`,
    /^the packages can't be installed together: Problem: conflicting requests; nothing provides libfoo needed by bar-1.x86_64$/,
  ],
  ['anything else that it calls an error', 'blah\nError: something new\n', /^dnf failed: Error: something new$/],
  ['words that name no error', 'Killed\n', /^dnf failed: Killed$/],
  ['nothing at all', '\n', /^dnf failed and said nothing$/],
]

describe('dnfFailure', () => {
  test.each(SAID)('%s', (_, output, message) => {
    const failure = dnfFailure(output)
    expect(failure.message).toMatch(message)
    expect(failure.message).not.toContain('\n')
  })
})
