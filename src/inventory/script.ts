import { UserError } from '../diagnostics/diagnostic.ts'
import type { InventoryDraft } from './draft.ts'
import type { InventoryIo, PathInfo } from './io.ts'
import { cause } from './reading.ts'
import { readScriptHost, readScriptList } from './script-output.ts'

/** `--host` calls that run at once. */
const PARALLEL = 8

/** Runs an executable inventory (`--list`, then `--host NAME` where it has no `_meta`) and reads its output into the draft. */
export async function readScriptInventory(
  path: string,
  info: PathInfo,
  draft: InventoryDraft,
  io: InventoryIo,
): Promise<void> {
  if (!info.executable) {
    throw new UserError({
      message: `${path}: begins with #! but is not executable`,
      hint: `chmod +x ${path}, or remove the #! line`,
    })
  }
  if (io.uid === 0 && (info.mode & 0o022) !== 0) {
    const mode = info.mode.toString(8).padStart(4, '0')
    throw new UserError({
      message: `${path}: not run as root: others may write it (mode ${mode}), so they would run programs as root`,
      hint: `chmod go-w ${path}`,
    })
  }
  const waiting = [...readScriptList(path, await output(path, ['--list'], io), draft)]
  for (let i = 0; i < waiting.length; i += PARALLEL) {
    const some = waiting.slice(i, i + PARALLEL)
    const outputs = await Promise.all(some.map((host) => output(path, ['--host', host], io)))
    some.forEach((host, at) => {
      readScriptHost(path, host, outputs[at] as string, draft)
    })
  }
}

async function output(path: string, args: readonly string[], io: InventoryIo): Promise<string> {
  const command = [path, ...args].join(' ')
  const result = await io.run(path, args).catch((error: unknown) => {
    throw new UserError(`${command}: can't be run: ${cause(error)}`)
  })
  if (result.code !== 0) {
    const ended =
      result.code === undefined ? `was ended by ${result.signal ?? 'a signal'}` : `failed with exit code ${result.code}`
    const said = result.stderr
      .replace(/[^\P{Cc}\n\t]/gu, '')
      .trim()
      .split('\n')
      .slice(-5)
      .join('\n  ')
    throw new UserError({ message: `${command}: ${ended}`, hint: said || 'it wrote nothing to stderr' })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(result.stdout)
  } catch {
    throw new UserError(`${command}: the output is not UTF-8`)
  }
}
