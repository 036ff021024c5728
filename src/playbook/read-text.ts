import { readFile } from 'node:fs/promises'
import { UserError } from '../diagnostics/diagnostic.ts'
import { SourceFile } from '../diagnostics/source.ts'

/** What loading a playbook asks of the machine. */
export interface PlaybookIo {
  read(path: string): Promise<Uint8Array>
}

export const disk: PlaybookIo = { read: (path) => readFile(path) }

const MAX_BYTES = 16 * 1024 * 1024
const CAUSES: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
}

/** A playbook as text. Throws UserError for what can't be read, is too large, encrypted or not UTF-8. */
export async function readText(path: string, io: PlaybookIo): Promise<SourceFile> {
  let bytes: Uint8Array
  try {
    bytes = await io.read(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UserError(`${path}: the playbook can't be read: ${CAUSES[code ?? ''] ?? message}`)
  }
  if (bytes.length > MAX_BYTES) throw new UserError(`${path}: the playbook is larger than 16 MiB`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UserError({
      message: `${path}: the playbook is not UTF-8 text`,
      hint: 'save it in UTF-8 (iconv -t UTF-8)',
    })
  }
  if (text.startsWith('$ANSIBLE_VAULT')) {
    throw new UserError({
      message: `${path}: the playbook is encrypted with ansible-vault, which is not supported`,
      hint: 'decrypt it (ansible-vault decrypt)',
    })
  }
  return new SourceFile(path, text)
}
