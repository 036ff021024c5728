import { createHash } from 'node:crypto'
import { below, parent } from './host-path.ts'

/**
 * The name under which something is made before it gets its own: in the same directory, hidden, short however long the name is, and always
 * the same, so that what a broken run left behind is replaced by the next one instead of piling up.
 */
export function tempName(path: string): string {
  return below(parent(path), `.upgrade-push-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`)
}
