import { randomBytes } from 'node:crypto'

/** `20261123T051334Z-ab12`: sorts by time; the tail tells runs of one second apart. */
export function newRunId(now: Date = new Date(), random: () => Uint8Array = () => randomBytes(2)): string {
  const stamp = now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')
  const tail = [...random()].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${stamp}-${tail}`
}
