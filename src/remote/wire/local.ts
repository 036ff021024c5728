import { spawn } from 'node:child_process'
import type { Pipe } from './pipe.ts'

/** Runs a command by the local /bin/sh, in a process group of its own. */
export function localPipe(command: string): Pipe {
  const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true })
  const closed = new Promise<{ code: number | null }>((resolve) => {
    child.on('close', (code) => resolve({ code }))
    child.on('error', () => resolve({ code: null }))
  })
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, closed, destroy: () => destroy(child) }
}

/** Closing the streams ends the loop as the end of an SSH channel would; what hangs in it is stopped by its caller. */
function destroy(child: ReturnType<typeof spawn>): void {
  child.stdin?.destroy()
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
}
