import { posix } from 'node:path'
import { list, text } from '../arguments.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { isList } from '../python/types.ts'
import { defined } from '../undefined.ts'

/** Paths as text. Nothing looks at a file system, neither the controller's nor the host's. */
export const paths: FilterTable = {
  basename: { run: (input) => text(input).slice(text(input).lastIndexOf('/') + 1) },
  dirname: { run: (input) => directory(text(input)) },
  splitext: {
    run(input) {
      const path = text(input)
      const name = path.slice(path.lastIndexOf('/') + 1)
      const dot = name.lastIndexOf('.')
      // Dots at the start of a name begin no extension.
      const extension = dot < 0 || name.search(/[^.]/) >= dot ? '' : name.slice(dot)
      return [path.slice(0, path.length - extension.length), extension]
    },
  },
  path_join: {
    run(input) {
      if (!isList(input)) return text(input)
      const parts = list(input).map((part) => text(defined(part), 'a part of a path'))
      return parts.reduce(
        (path, part) =>
          part.startsWith('/') || path === '' ? part : path.endsWith('/') ? path + part : `${path}/${part}`,
        '',
      )
    },
  },
  normpath: { run: (input) => posix.normalize(text(input)).replace(/(?<=.)\/$/, '') },
  relpath: {
    parameters: ['start'],
    required: 1,
    run: (input, { args: [start] }) => posix.relative(absolute(text(start, 'start')), absolute(text(input))) || '.',
  },
}

/** Relative paths would mean the controller's working directory, which means nothing on a host. */
function absolute(path: string): string {
  if (!path.startsWith('/')) throw new EvaluationError(`"${path}" is not an absolute path`)
  return path
}

/** Python's `os.path.dirname`: what stands before the last slash, without trailing slashes unless it is all slashes. */
function directory(path: string): string {
  const slash = path.lastIndexOf('/')
  let end = slash + 1
  while (end > 0 && path[end - 1] === '/') end--
  return path.slice(0, end === 0 ? slash + 1 : end)
}
