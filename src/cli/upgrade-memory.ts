import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { UserError } from '../diagnostics/diagnostic.ts'
import type { UpgradeMemory } from '../engine/ports.ts'
import { logName } from '../events/host-logs.ts'
import type { UpgradeRecord } from '../tasks/contract.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const publicKey = z.string().regex(/^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/)

const upgradeRecord = z.object({
  version: z.literal(1),
  run: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  image: z.object({ hostKey: publicKey, authorizedKey: publicKey, keyFile: z.string().optional() }).nullable(),
  plan: digest,
  imageDigest: digest,
  release: z.object({ from: z.string(), to: z.string() }),
  before: z.object({ bootId: z.string(), kernel: z.string() }),
  armedAt: z.string(),
}) satisfies z.ZodType<UpgradeRecord>

/** Name under which the key of a host's image stands in the file that is made for ssh: the system's key has the host's own name. */
const ALIAS = 'upgrade-image'

/**
 * Upgrades that are under way, one file for each host below `dir` (0600): written beside, synced and renamed, so that a kill leaves a whole
 * one. Beside it lies a known_hosts file for a person who logs in to the image with ssh.
 */
export class UpgradeFiles implements UpgradeMemory {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  recall(host: string): UpgradeRecord | undefined {
    const file = this.#file(host)
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw unusable(file, (error as Error).message)
    }
    try {
      return upgradeRecord.parse(JSON.parse(text))
    } catch {
      throw unusable(file, 'it is damaged, or of another version')
    }
  }

  async remember(host: string, record: UpgradeRecord): Promise<void> {
    const file = this.#file(host)
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
      if (record.image) publish(this.#file(host, 'known_hosts'), `${ALIAS} ${record.image.hostKey}\n`)
      publish(file, `${JSON.stringify(record, null, 2)}\n`)
    } catch (error) {
      throw unusable(file, (error as Error).message)
    }
  }

  async forget(host: string): Promise<void> {
    const file = this.#file(host)
    try {
      rmSync(file, { force: true })
      rmSync(this.#file(host, 'known_hosts'), { force: true })
    } catch (error) {
      throw unusable(file, (error as Error).message)
    }
  }

  #file(host: string, ending = 'json'): string {
    return join(this.#dir, `${logName(host)}.${ending}`)
  }
}

function publish(file: string, text: string): void {
  const fd = openSync(`${file}.new`, 'w', 0o600)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(`${file}.new`, file)
  const dir = openSync(dirname(file), 'r')
  try {
    fsyncSync(dir)
  } finally {
    closeSync(dir)
  }
}

function unusable(file: string, why: string): UserError {
  return new UserError({
    message: `${file}, which says that an upgrade is under way, can't be used: ${why}`,
    hint: 'make it readable; remove it only when no upgrade runs on that host',
  })
}
