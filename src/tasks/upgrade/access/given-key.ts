import { UserError } from '../../../diagnostics/diagnostic.ts'
import type { ControllerFiles } from '../../contract.ts'
import { publicHalf } from './key-file.ts'
import { PublicKeyError, parsePublicKey } from './public-key.ts'

/** The text of a key has a space behind its type; a path with one has to show that it is a path. */
const isText = (given: string) => /\s/.test(given) && !/^(\/|~\/|\.{1,2}\/)/.test(given)

/**
 * The public key that the operator gave, `TYPE AAAA…`: as text, or as the path of a public key, or of a private key whose public half is
 * known: in it (OpenSSH's format) or beside it (`.pub`).
 *
 * @throws UserError when there is not exactly one public key, of a kind that sshd lets in and without options.
 */
export async function givenKey(given: string, files: ControllerFiles): Promise<string> {
  const text = given.trim()
  if (isText(text)) return checked(text, 'ssh_key')
  const path = files.resolve(text)
  const content = await files.text(path)
  if (!content.includes('PRIVATE KEY-----')) return checked(content, path)
  const half = publicHalf(content)
  if (half !== undefined) return checked(half, path)
  let beside: string
  try {
    beside = files.resolve(`${path}.pub`)
  } catch {
    throw new UserError({
      message: `${path} is a private key that does not tell its public half, and there is no ${path}.pub`,
      hint: `make it: ssh-keygen -y -f ${path} > ${path}.pub`,
    })
  }
  return checked(await files.text(beside), beside)
}

function checked(text: string, where: string): string {
  try {
    return parsePublicKey(text)
  } catch (error) {
    if (!(error instanceof PublicKeyError)) throw error
    throw new UserError({
      message: `${where} is no public key that may log in to the upgrade image: ${error.message}`,
      hint: 'give one line as in a .pub file, such as: ssh-ed25519 AAAA… , or the path of such a file',
    })
  }
}
