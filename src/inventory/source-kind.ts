import { extname } from 'node:path'

/** How a file of an inventory is read. */
export type SourceKind = 'script' | 'yaml' | 'ini'

const ELF = '\x7fELF'

/**
 * By `#!` (or ELF) a script; by extension YAML or JSON; without an extension by the first line that says something:
 * `---`, `{` or `key:` begin YAML. Everything else is INI.
 */
export function sourceKind(path: string, bytes: Uint8Array): SourceKind {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1')
  if (start.startsWith('#!') || start === ELF) return 'script'
  const extension = extname(path)
  if (['.yml', '.yaml', '.json'].includes(extension)) return 'yaml'
  return extension === '' && looksLikeYaml(bytes) ? 'yaml' : 'ini'
}

function looksLikeYaml(bytes: Uint8Array): boolean {
  const lines = Buffer.from(bytes.subarray(0, 65_536)).toString('utf8').split('\n')
  const first = lines.map((line) => line.trim()).find((line) => line !== '' && !/^[#;]/.test(line))
  return (
    first !== undefined && (/^(?:---|%YAML|\{)/.test(first) || /^(?:[^\s"'[\]]+|"[^"]*"|'[^']*'):(?:\s|$)/.test(first))
  )
}
