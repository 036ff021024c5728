import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { UserError } from '../../diagnostics/diagnostic.ts'
import type { Content, ControllerFiles } from '../contract.ts'
import type { CopyArgs } from './copy-args.ts'
import { below, isDirectoryName, normal } from './host-path.ts'

/** Above this a file is no text to be shown. */
const TEXT_BYTES = 64 * 1024
/** What one frame can reasonably carry. */
const MAX_BYTES = 1024 ** 3

export interface SourceFile {
  /** Below the destination; '' for a single file. */
  readonly name: string
  readonly content: Content
  /** Permission bits on the controller. */
  readonly mode: number
}

/** What is to be on the host, read on the controller. */
export interface CopySource {
  readonly kind: 'file' | 'tree'
  /** A single file: its name, for a destination that is a directory. */
  readonly name?: string | undefined
  /** As the author wrote it. */
  readonly from: string
  readonly files: readonly SourceFile[]
  readonly directories: readonly string[]
  /** Text of a content; undefined when it is big or no text. */
  text(content: Content): string | undefined
}

/** Reads and hashes what a copy brings along. Throws UserError. */
export async function copySource(args: CopyArgs, files: ControllerFiles): Promise<CopySource> {
  const text = (content: Content) => (content.size > TEXT_BYTES ? undefined : textOf(files.read(content)))
  if (args.content !== undefined) {
    const { content: given } = args
    const content = files.bytes(
      typeof given === 'object' && given !== null ? JSON.stringify(given) : String(given ?? ''),
    )
    return { kind: 'file', from: '(content)', files: [{ name: '', content, mode: 0o644 }], directories: [], text }
  }
  const src = args.src as string
  const path = files.resolve(src, ['files'])
  const stat = statSync(path)
  if (!stat.isDirectory()) {
    if (isDirectoryName(src)) throw new UserError(`copy: ${path} is not a directory, but "${src}" ends with a slash`)
    const content = await files.file(path)
    fits(content.size, path)
    return {
      kind: 'file',
      name: basename(path),
      from: src,
      files: [{ name: '', content, mode: stat.mode & 0o7777 }],
      directories: [],
      text,
    }
  }
  const [tree, directories] = await Promise.all([files.tree(path), files.directories(path)])
  fits(
    tree.reduce((sum, file) => sum + file.content.size, 0),
    path,
  )
  const inside = isDirectoryName(src) ? '' : `${basename(path)}/`
  return {
    kind: 'tree',
    from: src,
    files: tree.map((file) => ({ ...file, name: inside + file.name })),
    directories: [...(inside === '' ? [] : [basename(path)]), ...directories.map((dir) => inside + dir)],
    text,
  }
}

/** Paths that the file may get: which of them is known once the host has said whether `dest` is a directory. */
export function candidates(args: CopyArgs, source: CopySource): { plain: string; inside: string | undefined } {
  const dest = normal(args.dest)
  const inside = source.name === undefined ? undefined : below(dest, source.name)
  return { plain: dest, inside }
}

/** UTF-8 text without NUL, or undefined. */
export function textOf(data: Uint8Array): string | undefined {
  if (data.length > TEXT_BYTES || data.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return undefined
  }
}

function fits(size: number, path: string): void {
  if (size > MAX_BYTES) throw new UserError(`copy: ${path} holds ${size} bytes; copy carries up to ${MAX_BYTES}`)
}
