import { UserError } from '../diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../diagnostics/source.ts'
import type { InventoryIo, PathInfo } from './io.ts'

const VAULT = '$ANSIBLE_VAULT'

/** Reads a file as text. Throws UserError for what can't be read, is not UTF-8 (naming the line), or is encrypted as a whole. */
export async function readSource(path: string, io: InventoryIo, bytes?: Uint8Array): Promise<SourceFile> {
  const source = new SourceFile(path, decode(path, bytes ?? (await readBytes(path, io))))
  if (!source.text.startsWith(VAULT)) return source
  throw new UserError({
    message: 'the file is encrypted with ansible-vault, which is not supported',
    origin: new Origin(source, 0, VAULT.length),
    hint: 'decrypt it (ansible-vault decrypt), or keep the secret out of it and pass it with -e @FILE',
  })
}

export async function readBytes(path: string, io: InventoryIo): Promise<Uint8Array> {
  try {
    return await io.read(path)
  } catch (error) {
    throw new UserError(`${path}: can't be read: ${cause(error)}`)
  }
}

/** What is at a path; undefined when there is nothing. Throws UserError when that can't be told. */
export async function look(path: string, io: InventoryIo): Promise<PathInfo | undefined> {
  try {
    return await io.info(path)
  } catch (error) {
    throw new UserError(`${path}: can't be read: ${cause(error)}`)
  }
}

/** Names in a directory, sorted. */
export async function listNames(path: string, io: InventoryIo): Promise<readonly string[]> {
  try {
    return await io.list(path)
  } catch (error) {
    throw new UserError(`${path}: can't be read: ${cause(error)}`)
  }
}

/** Bytes that are not UTF-8 are tolerated in comment lines only, where nobody reads them. */
function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const lines = Buffer.from(bytes).toString('latin1').split('\n')
    return lines.map((line, i) => decodeLine(path, line, i + 1)).join('\n')
  }
}

function decodeLine(path: string, line: string, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'))
  } catch {
    if (/^[#;]/.test(line)) return '#'
    throw new UserError({
      message: `${path}:${number}: the line is not UTF-8`,
      hint: 'save the file in UTF-8 (iconv -t UTF-8)',
    })
  }
}

/** The plain cause of a system error, without Node's prefix of code and call. */
export function cause(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const known: { readonly [code: string]: string } = {
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOENT: 'no such file',
    ENOEXEC: 'not a program (wrong format)',
    ELOOP: 'too many symbolic links',
  }
  return (code !== undefined && known[code]) || message
}
