import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

function take(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(address, () => resolve(server))
  })
}

/**
 * Runs `work` while holding the machine-wide lock `name`; others wait, and `onWait` says so once.
 *
 * The lock is a socket with an abstract address: the kernel frees it when its process ends, however that happens, and it
 * leaves no file behind.
 */
export async function withLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const address = `\0upgrade-push-lab-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
  let server = await take(address)
  if (!server) onWait()
  while (!server) {
    await sleep(100)
    server = await take(address)
  }
  try {
    return await work()
  } finally {
    const held = server
    await new Promise((resolve) => held.close(resolve))
  }
}
