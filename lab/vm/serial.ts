import { readFile, stat } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'

/** The console's log as text: without escape sequences and carriage returns, so that patterns match what a person reads. */
export async function readSerial(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  return stripVTControlCharacters(text).replaceAll('\r', '')
}

/** Bytes on the console so far. */
export async function serialSize(log: string): Promise<number> {
  return (await stat(log).catch(() => undefined))?.size ?? 0
}

/** The last lines with something on them. */
export function tail(text: string, lines = 25): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .join('\n')
}
