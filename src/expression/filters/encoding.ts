import { createHash, getHashes } from 'node:crypto'
import { oneOf, text } from '../arguments.ts'
import { chargeText } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { toText } from '../python/text.ts'

const ALGORITHMS = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'md5'] as const

/** Quoting, encodings and digests of text (as UTF-8). */
export const encoding: FilterTable = {
  quote: { run: (input) => shellQuote(input === null ? '' : text(input)) },
  b64encode: {
    run(input) {
      const value = toText(input)
      chargeText(value.length * 2)
      return Buffer.from(value).toString('base64')
    },
  },
  b64decode: { run: (input) => decodeBase64(text(input)) },
  hash: {
    parameters: ['hashtype'],
    run(input, { args: [type = 'sha1'] }) {
      const algorithm = oneOf(type, 'hashtype', ALGORITHMS)
      if (!getHashes().includes(algorithm))
        throw new EvaluationError(`hash "${algorithm}" is not available on this machine`)
      return createHash(algorithm).update(toText(input)).digest('hex')
    },
  },
  checksum: { run: (input) => createHash('sha1').update(toText(input)).digest('hex') },
  urlencode: {
    run: (input) =>
      encodeURIComponent(toText(input))
        .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll('%2F', '/'),
  },
}

/** One word for a POSIX shell. */
function shellQuote(value: string): string {
  if (value.includes('\0')) throw new EvaluationError('a NUL character can be no part of a shell word')
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'"'"'`)}'`
}

function decodeBase64(value: string): string {
  const compact = value.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) throw new EvaluationError('not valid base64')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64'))
  } catch {
    throw new EvaluationError('the decoded bytes are not UTF-8 text')
  }
}
