import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../command.ts'

const OWNER = 'LabOS packages (made by the lab, trusted by nobody else)'

const PARAMETERS = `%no-protection
Key-Type: RSA
Key-Length: 3072
Key-Usage: sign
Name-Real: LabOS packages
Name-Comment: made by the lab, trusted by nobody else
Expire-Date: 0
%commit
`

// gpg's agent listens on a socket in its home, and a socket's path may have 107 bytes at most: /tmp is always short enough.
async function withGnupgHome<T>(work: (env: NodeJS.ProcessEnv, home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp('/tmp/labos-gpg-')
  const env = { ...process.env, GNUPGHOME: home }
  try {
    return await work(env, home)
  } finally {
    await run(['gpgconf', '--homedir', home, '--kill', 'all'], { env }).catch(() => {})
    await rm(home, { recursive: true, force: true })
  }
}

/** Makes the key that signs LabOS's packages: `signing-key.asc` (secret, mode 0600) and `RPM-GPG-KEY-labos` in `dir`. */
export async function makeSigningKey(dir: string): Promise<{ publicKey: string; secretKey: string }> {
  const publicKey = join(dir, 'RPM-GPG-KEY-labos')
  const secretKey = join(dir, 'signing-key.asc')
  await withGnupgHome(async (env) => {
    await run(['gpg', '--batch', '--quiet', '--generate-key'], { env, input: PARAMETERS })
    const exported = await run(['gpg', '--batch', '--armor', '--export'], { env })
    const secret = await run(['gpg', '--batch', '--armor', '--export-secret-keys'], { env })
    await writeFile(publicKey, exported.stdout)
    await writeFile(secretKey, secret.stdout, { mode: 0o600 })
  })
  return { publicKey, secretKey }
}

/** Signs RPM files in place with a key made by {@link makeSigningKey}. */
export async function signRpms(rpms: readonly string[], secretKey: string): Promise<void> {
  const secret = await readFile(secretKey, 'utf8')
  await withGnupgHome(async (env, home) => {
    await run(['gpg', '--batch', '--quiet', '--import'], { env, input: secret })
    const define = (macro: string) => ['--define', macro]
    const macros = [...define(`_gpg_name ${OWNER}`), ...define(`_gpg_path ${home}`), ...define('__gpg /usr/bin/gpg')]
    await run(['rpmsign', ...macros, '--addsign', ...rpms], { env })
  })
}
