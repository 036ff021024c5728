import type { Resource } from '../contract.ts'

/**
 * A directory's being there, as against its mode or owner (`path:<dir>`): what a task that writes into it depends on.
 * Making a directory touches both; changing its mode touches the path alone, so that its files can still be judged in check mode.
 */
export function being(dir: string): Resource {
  return dir === '/' ? 'path:/.' : `path:${dir}/.`
}

/** All directories above an absolute path, from the top, without `/`. */
export function ancestors(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.slice(0, -1).map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)
}

/** A few paths one by one, many as the tree that holds them. */
export function narrow(paths: readonly string[], tree: string): Resource[] {
  return paths.length > 64 ? [`tree:${tree}`] : paths.map((path): Resource => `path:${path}`)
}
