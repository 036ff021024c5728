import { posix } from 'node:path'
import type { Provenance, RequestFile } from './request.ts'

/** One producer's wish, with its paths resolved. */
export interface Wish {
  readonly by: Provenance
  readonly request: Omit<RequestFile, 'when'>
  /** Where the paths of modules are. */
  readonly paths: 'controller' | 'host'
  readonly lvmconf?: boolean | undefined
  readonly mdadmconf?: boolean | undefined
}

/** `/a//b/../c/` is `/a/c`: paths are compared by what they name. */
export function normalPath(path: string): string {
  const plain = posix.normalize(path)
  return plain.length > 1 ? plain.replace(/\/$/, '') : plain
}
