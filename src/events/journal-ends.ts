import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { parseEvent } from './journal-lines.ts'
import { unreadable } from './read-journal.ts'
import type { RunEvent } from './types.ts'

/** Longer lines are no event of ours: a recap of a hundred thousand hosts has a fifth of this. */
const LONGEST_LINE = 64 * 1024 * 1024
const PIECE = 16 * 1024

export interface JournalEnds {
  /** Nothing, when the run died before it wrote its first line. */
  readonly first: RunEvent | undefined
  /** The last whole line. */
  readonly last: RunEvent | undefined
}

/** First and last event of a journal, without reading what is between: many journals of many MB are told in a moment. Throws UserError. */
export function journalEnds(path: string): JournalEnds {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
  try {
    const { size } = fstatSync(fd)
    const first = headLine(fd, size)
    if (first === undefined) return { first: undefined, last: undefined }
    const last = tailLine(fd, size) ?? first
    return { first: parseEvent(first, `${path}:1`), last: parseEvent(last, `${path}, last line`) }
  } finally {
    closeSync(fd)
  }
}

function headLine(fd: number, size: number): string | undefined {
  for (let length = PIECE; ; length *= 4) {
    const piece = read(fd, 0, Math.min(length, size))
    const end = piece.indexOf(10)
    if (end >= 0) return piece.toString('utf8', 0, end)
    if (length >= size || length >= LONGEST_LINE) return undefined
  }
}

function tailLine(fd: number, size: number): string | undefined {
  for (let length = PIECE; ; length *= 4) {
    const from = Math.max(0, size - length)
    const piece = read(fd, from, size - from)
    // What follows the last line end is torn, or nothing.
    const end = piece.lastIndexOf(10)
    const start = end > 0 ? piece.lastIndexOf(10, end - 1) : -1
    if (end >= 0 && (start >= 0 || from === 0)) return piece.toString('utf8', start + 1, end)
    if (from === 0 || length >= LONGEST_LINE) return undefined
  }
}

function read(fd: number, from: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  let got = 0
  while (got < length) {
    const count = readSync(fd, buffer, got, length - got, from + got)
    if (count === 0) break
    got += count
  }
  return buffer.subarray(0, got)
}
