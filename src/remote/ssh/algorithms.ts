import type { Algorithms } from 'ssh2'

/**
 * What is offered to a server, best first. AES-GCM costs the controller half of what others cost. SHA-1 is not offered, neither for
 * signatures nor for key exchange.
 */
const OFFERED = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies Algorithms

/** Host key algorithms by preference; an RSA key signs by either of two. */
const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

/** Algorithms with the key types on file for the host first, so that another type of its keys is not mistaken for a change. */
export function algorithms(knownTypes: readonly string[]): Algorithms {
  const known = HOST_KEYS.filter((name) => knownTypes.includes(name.startsWith('rsa-') ? 'ssh-rsa' : name))
  const others = HOST_KEYS.filter((name) => !known.includes(name))
  return { ...OFFERED, serverHostKey: [...known, ...others] }
}
