import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A lock older than this belongs to nobody: holding it takes milliseconds. */
const STALE_MS = 10_000
const PATIENCE_MS = 20_000

/**
 * Appends lines that the file does not have yet, in one write, synced, under a lock file: other runs, and ssh itself, which only appends,
 * can't be torn. Owner, permissions and links of the file stay as they are; a new file gets 0600, its directory 0700. A failed write is undone.
 */
export async function appendKnownHosts(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await withLock(`${file}.upgrade-push.lock`, async () => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const present = new Set(text.split('\n'))
    const fresh = [...new Set(lines)].filter((line) => !present.has(line))
    if (fresh.length === 0) return
    const data = Buffer.from(`${text === '' || text.endsWith('\n') ? '' : '\n'}${fresh.join('\n')}\n`)
    const handle = await open(file, 'a', 0o600)
    try {
      const { size } = await handle.stat()
      const { bytesWritten } = await handle.write(data)
      if (bytesWritten !== data.length) {
        await handle.truncate(size)
        throw new Error('no space left')
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || Date.now() > deadline) throw error
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      )
      if (age > STALE_MS) await rm(lock, { force: true })
      else await sleep(5 + Math.random() * 20)
    }
  }
  try {
    await work()
  } finally {
    await rm(lock, { force: true })
  }
}
