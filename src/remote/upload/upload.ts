import { createReadStream } from 'node:fs'
import { type FencedShell, fenced } from '../fence.ts'
import { assign, quote } from '../quote.ts'
import { lastLine, sanitise } from '../sanitise.ts'
import { RemoteError, type UploadOptions, type UploadSource } from '../types.ts'
import type { RawResult } from '../wire/channel.ts'
import { freshNonce, type Payload, type WireSection } from '../wire/frame.ts'
import { ATTRIBUTES, LOOK, STORE, STORE_CODES } from './scripts.ts'

/** Up to this size a file travels in a frame of the shell; beyond it has a channel of its own, so that it holds nobody up. */
const IN_FRAME = 1 << 20

/** The slowest link that still counts as one. */
const SLOWEST_BYTES_PER_MS = 50
const PATIENCE_MS = 120_000

/** The shells that an upload may use. */
export interface UploadShells {
  readonly shell: FencedShell
  /** A channel of its own; closed after use. */
  readonly bulk: () => FencedShell
}

/** See Remote.upload. Rejects with RemoteError `upload` with the figures; then the destination is as it was. */
export async function upload(
  shells: UploadShells,
  source: UploadSource,
  path: string,
  options: UploadOptions,
): Promise<{ changed: boolean }> {
  const { shell } = shells
  const { host } = shell
  if (!path.startsWith('/') || path.endsWith('/')) throw new RangeError(`not the absolute path of a file: ${path}`)
  if (!/^[0-9a-f]{64}$/.test(source.sha256)) throw new RangeError('not a SHA-256 in lower-case hex')
  const mode = options.mode.toString(8).padStart(4, '0')
  const about = {
    path,
    size: source.size,
    sha: source.sha256,
    mode,
    owner: options.owner ?? '',
    group: options.group ?? '',
  }
  const nonce = freshNonce()
  const token = (await shell.token(options.signal)) ?? ''
  const script = (body: string) => assign({ ...about, nonce, token }) + body
  const run = async (via: FencedShell, section: WireSection) => {
    const [result] = await via.send([section], 64 * 1024, options.signal)
    return result as RawResult
  }
  const timeoutMs = PATIENCE_MS + source.size / SLOWEST_BYTES_PER_MS
  const look = await run(shell, { script: script(LOOK), stop: false, timeoutMs })
  const [state = '', ...words] = look.stdout.toString().trim().split(' ')
  if (state === 'no-directory') throw failure(host, path, 'its directory does not exist', 'create it first')
  if (state === 'directory') throw failure(host, path, 'there is a directory of that name', undefined)
  if (state === 'same') {
    if (sameAttributes(words, options)) return { changed: false }
    const result = await run(shell, { script: script(ATTRIBUTES), stop: false, timeoutMs })
    if (result.code !== 0) throw attributesFailure(host, path, result)
    return { changed: true }
  }
  if (state !== 'differs') throw failure(host, path, lastLine(look.stderr.toString()) || 'it gave no answer', undefined)
  const free = Number(words[0])
  if (free >= 0 && free < source.size) throw noSpace(host, path, source.size, `${free} bytes are free`)
  const section: WireSection = { script: script(STORE), payload: payloadOf(source, options), stop: false, timeoutMs }
  const bulk = source.size > IN_FRAME ? shells.bulk() : undefined
  try {
    verdict(host, path, source, await run(bulk ?? shell, section))
  } catch (error) {
    // Cut off in the middle, the script could not tidy up itself. On a busy host it may only just have begun, on its channel of its own.
    bulk?.close()
    const temporary = quote(`${path.slice(0, path.lastIndexOf('/'))}/.upgrade-push.${nonce}.tmp`)
    const tidy = `for pause in 0${bulk ? ' 0.2 1' : ''}; do sleep $pause; rm -f -- ${temporary}; done`
    await shell.send([{ script: tidy, stop: false, timeoutMs: 10_000 }], 1024).catch(() => {})
    throw error
  } finally {
    bulk?.close()
  }
  return { changed: true }
}

function payloadOf({ from, size }: UploadSource, { onProgress }: UploadOptions): Payload {
  async function* open(): AsyncIterable<Uint8Array> {
    let sent = 0
    // Pieces of the one buffer that all hosts share; nothing is copied.
    const pieces = 'path' in from ? createReadStream(from.path, { highWaterMark: 1 << 20 }) : slices(from)
    for await (const piece of pieces) {
      yield piece as Uint8Array
      sent += (piece as Uint8Array).byteLength
      onProgress?.(sent)
    }
  }
  return { size, open }
}

function* slices(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20))
}

function sameAttributes([mode, user, group, uid, gid]: readonly string[], want: UploadOptions): boolean {
  const owned = (wanted: string | undefined, name?: string, id?: string) =>
    wanted === undefined || wanted === name || wanted === id
  return Number.parseInt(mode ?? '', 8) === want.mode && owned(want.owner, user, uid) && owned(want.group, group, gid)
}

function verdict(host: string, path: string, { size }: UploadSource, result: RawResult): void {
  const said = result.stderr.toString()
  if (result.code === 0) return
  if (result.code === STORE_CODES.write && /No space left/.test(said)) throw noSpace(host, path, size, lastLine(said))
  if (result.code === STORE_CODES.write) throw failure(host, path, `writing failed: ${sanitise(said)}`, undefined)
  if (result.code === STORE_CODES.fenced) throw fenced(host)
  if (result.code === STORE_CODES.digest) {
    throw failure(host, path, `what arrived has another digest (${lastLine(said)})`, 'look at the disk of the host')
  }
  if (result.code === STORE_CODES.attributes) throw attributesFailure(host, path, result)
  throw failure(host, path, lastLine(said) || `code ${result.code}`, undefined)
}

function noSpace(host: string, path: string, size: number, figures: string): RemoteError {
  return failure(
    host,
    path,
    `no space left: ${size} bytes are needed, ${figures}`,
    'make room; the destination is as it was',
  )
}

function attributesFailure(host: string, path: string, { stderr }: RawResult): RemoteError {
  return failure(
    host,
    path,
    `owner or mode can't be set: ${lastLine(stderr.toString())}`,
    'check owner, group and mode',
  )
}

function failure(host: string, path: string, what: string, remedy: string | undefined): RemoteError {
  return new RemoteError('upload', host, `${path}: ${what}`, remedy)
}
