import { z } from 'zod'

/** An absolute path on the host; repeated and trailing slashes are dropped (see `isDirectoryName`), `.` and `..` are refused. */
export const hostPath = z
  .string()
  .refine((path) => path.startsWith('/'), { message: 'must be an absolute path' })
  .refine((path) => !path.includes('\0'), { message: 'must not hold a NUL character' })
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), {
    message: 'must not hold "." or ".." parts',
  })

/** One spelling for each path: what resources and probes go by. */
export function normal(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`
}

/** Whether the author wrote a directory: `dest: /etc/app/`. */
export function isDirectoryName(path: string): boolean {
  return path.endsWith('/')
}

/** `/a/b` joined with a name below it. */
export function below(dir: string, name: string): string {
  return dir === '/' ? `/${name}` : `${dir}/${name}`
}

/** The directory that holds a path. */
export function parent(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}
