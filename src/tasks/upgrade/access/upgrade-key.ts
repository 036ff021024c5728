import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../../diagnostics/diagnostic.ts'
import { makeKeyFile, publicHalf } from './key-file.ts'
import { PublicKeyError, parsePublicKey } from './public-key.ts'

const NAME = 'upgrade_ed25519'

/** Where the controller's own private key for upgrade images lies. @param dir folder of the controller's keys. */
export function upgradeKeyPath(dir: string): string {
  return join(dir, NAME)
}

/**
 * The public half of the controller's own key for upgrade images, `ssh-ed25519 AAAA…`. Without one it makes one, or, in check mode, gives
 * undefined. Of two runs that make it at once, one key gets the name, and both take that one.
 *
 * @param dir folder of the controller's keys; made with mode 0700.
 * @throws UserError when the key can't be made, is damaged, or can be read by others.
 */
export function ownUpgradeKey(dir: string, make: boolean): string | undefined {
  const path = upgradeKeyPath(dir)
  const known = readOwn(path)
  if (known !== undefined || !make) return known
  const fresh = `${path}.${process.pid}.new`
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeNew(fresh, makeKeyFile('upgrade-push'), 0o600)
    // Unlike a renaming, a link never takes the place of the key of somebody who was quicker.
    linkUnlessThere(fresh, path)
    syncDir(dir)
  } catch (error) {
    throw new UserError({
      message: `the key for upgrade images can't be made in ${dir}: ${(error as Error).message}`,
      hint: 'make the directory writable, or give a key of your own: upgrade_ssh_key',
    })
  } finally {
    rmSync(fresh, { force: true })
  }
  return readOwn(path)
}

function readOwn(path: string): string | undefined {
  let text: string
  let mode: number
  try {
    mode = statSync(path).mode
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new UserError({
      message: `the key ${path} can't be read: ${message}`,
      hint: 'make it readable for you alone',
    })
  }
  if ((mode & 0o077) !== 0) {
    throw new UserError({
      message: `others than its owner may use the key ${path} (mode ${(mode & 0o777).toString(8)})`,
      hint: `chmod 600 ${path}, or remove it when somebody may have read it: the next run makes another`,
    })
  }
  const key = publicHalf(text)
  try {
    if (key !== undefined) return parsePublicKey(key)
  } catch (error) {
    if (!(error instanceof PublicKeyError)) throw error
  }
  throw new UserError({
    message: `the key ${path} is damaged`,
    hint: 'remove it: the next run makes another, and builds the images anew',
  })
}

function writeNew(path: string, text: string, mode: number): void {
  rmSync(path, { force: true })
  const fd = openSync(path, 'wx', mode)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function syncDir(dir: string): void {
  const fd = openSync(dir, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
