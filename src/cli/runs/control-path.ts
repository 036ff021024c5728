import { closeSync, constants, openSync } from 'node:fs'

const NAME = 'control.sock'

/** A run's control socket by a path that is short enough for the kernel (107 bytes), however long the directory's own name is. */
export interface SocketPath {
  readonly path: string
  /** The path is good until then. */
  close(): void
}

/** The socket is named through an open directory, which `/proc` shows: no change of the working directory, no copy elsewhere. Throws what open throws. */
export function controlPath(dir: string): SocketPath {
  const fd = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY)
  return { path: `/proc/self/fd/${fd}/${NAME}`, close: () => closeSync(fd) }
}
