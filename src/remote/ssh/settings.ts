/** What `ssh -G` says, as far as it concerns us. Paths still hold `~` and `%` tokens. */
export interface SshSettings {
  readonly hostname: string
  readonly port: number
  readonly user: string
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** Socket path, `none`, or undefined for SSH_AUTH_SOCK. */
  readonly identityAgent?: string | undefined
  readonly proxyJump?: string | undefined
  readonly userKnownHostsFiles: readonly string[]
  readonly globalKnownHostsFiles: readonly string[]
  readonly strictHostKeyChecking: 'yes' | 'accept-new' | 'no'
  readonly hostKeyAlias?: string | undefined
  readonly hashKnownHosts: boolean
  readonly connectTimeoutMs?: number | undefined
  readonly aliveIntervalMs?: number | undefined
  readonly aliveCountMax: number
  readonly family: 'any' | 'inet' | 'inet6'
  readonly publicKey: boolean
  readonly password: boolean
  readonly keyboardInteractive: boolean
}

/** A setting that asks for something ssh2 can't do. */
export class UnsupportedSetting extends Error {
  override name = 'UnsupportedSetting'
}

/** The identity files that ssh tries when none is configured, oldest release to newest. */
const DEFAULT_IDENTITIES = /^~\/\.ssh\/id_(rsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|dsa)$/

/** Whether the list is what ssh tries by itself: then a file of it that is missing or of another kind is passed over. */
export function areDefaultIdentities(files: readonly string[]): boolean {
  return files.length > 1 && files.every((file) => DEFAULT_IDENTITIES.test(file))
}

/** Reads the output of `ssh -G`. Throws UnsupportedSetting for what the user asked for and can't have. */
export function parseSettings(text: string): SshSettings {
  const all = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? []
    if (key && value !== undefined) all.set(key.toLowerCase(), [...(all.get(key.toLowerCase()) ?? []), value])
  }
  const one = (key: string): string | undefined => {
    const value = all.get(key)?.[0]
    return value === undefined || value === 'none' || value === '' ? undefined : value
  }
  const yes = (key: string, otherwise: boolean) => {
    const value = all.get(key)?.[0]
    return value === undefined ? otherwise : value !== 'no' && value !== 'false'
  }
  refuse(one, yes)
  return {
    hostname: one('hostname') ?? '',
    port: Number(one('port') ?? 22),
    user: one('user') ?? '',
    identityFiles: all.get('identityfile') ?? [],
    identitiesOnly: yes('identitiesonly', false),
    identityAgent: all.get('identityagent')?.[0],
    proxyJump: one('proxyjump'),
    userKnownHostsFiles: (one('userknownhostsfile') ?? '').split(' ').filter(Boolean),
    globalKnownHostsFiles: (one('globalknownhostsfile') ?? '').split(' ').filter(Boolean),
    strictHostKeyChecking: strictness(one('stricthostkeychecking')),
    hostKeyAlias: one('hostkeyalias'),
    hashKnownHosts: yes('hashknownhosts', false),
    connectTimeoutMs: milliseconds(one('connecttimeout')),
    aliveIntervalMs: milliseconds(one('serveraliveinterval')),
    aliveCountMax: Number(one('serveralivecountmax') ?? 3),
    family: family(one('addressfamily')),
    publicKey: yes('pubkeyauthentication', true) && preferred(one, 'publickey'),
    password: yes('passwordauthentication', true) && preferred(one, 'password'),
    keyboardInteractive: yes('kbdinteractiveauthentication', true) && preferred(one, 'keyboard-interactive'),
  }
}

type One = (key: string) => string | undefined

function refuse(one: One, yes: (key: string, otherwise: boolean) => boolean): void {
  const cannot = (what: string, instead: string) => {
    throw new UnsupportedSetting(
      `~/.ssh/config or the ssh arguments ask for ${what}, which is not supported; ${instead}`,
    )
  }
  if (one('proxycommand')) cannot('ProxyCommand', 'use ProxyJump')
  if (one('certificatefile')) cannot('CertificateFile (an OpenSSH certificate)', 'use a plain key')
  if (one('pkcs11provider')) cannot('PKCS11Provider', 'load the token into an ssh-agent')
  if (one('securitykeyprovider') && one('securitykeyprovider') !== 'internal') {
    cannot('SecurityKeyProvider (FIDO keys)', 'use a plain key')
  }
  if (yes('hostbasedauthentication', false)) cannot('HostbasedAuthentication', 'use a key')
  const ours =
    yes('pubkeyauthentication', true) ||
    yes('passwordauthentication', true) ||
    yes('kbdinteractiveauthentication', true)
  const list = one('preferredauthentications')
  if (!ours || (list && !/publickey|password|keyboard-interactive/.test(list))) {
    cannot('GSSAPI (Kerberos) as the only way to log in', 'allow publickey or password')
  }
}

function preferred(one: One, method: string): boolean {
  const list = one('preferredauthentications')
  return list === undefined || list.split(',').includes(method)
}

function strictness(value: string | undefined): SshSettings['strictHostKeyChecking'] {
  // `ask` can't be asked for a fleet: it means yes, with the fingerprint in the error.
  if (value === 'accept-new') return 'accept-new'
  return value === 'no' || value === 'off' || value === 'false' ? 'no' : 'yes'
}

function milliseconds(value: string | undefined): number | undefined {
  const seconds = Number(value)
  return seconds > 0 ? seconds * 1000 : undefined
}

function family(value: string | undefined): SshSettings['family'] {
  return value === 'inet' || value === 'inet6' ? value : 'any'
}
