import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { splitWords } from './words.ts'

/**
 * Whether the configuration says the same for every host: no Match, no Host line but `Host *`, and no value that depends on the host's name.
 * A file that is missing says nothing; one that we don't understand counts as not uniform, which only costs time.
 */
export async function configIsUniform(configFile: string | undefined, home: string): Promise<boolean> {
  if (configFile === 'none') return true
  const files = configFile ? [configFile] : [join(home, '.ssh/config'), '/etc/ssh/ssh_config']
  const answers = await Promise.all(files.map((file) => fileIsUniform(file, home, 0)))
  return answers.every(Boolean)
}

async function fileIsUniform(file: string, home: string, depth: number): Promise<boolean> {
  if (depth > 4) return false
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^\s*([A-Za-z0-9]+)\s*(?:=|\s)\s*(.*?)\s*$/.exec(line) ?? []
    const name = key.toLowerCase()
    if (name === 'match' || name.startsWith('canonical')) return false
    if (name === 'host' && value !== '*' && value !== '"*"') return false
    if (name === 'hostname' || /%[hnkC]/.test(value)) return false
    if (name === 'include' && !(await includesAreUniform(value, dirname(file), home, depth))) return false
  }
  return true
}

async function includesAreUniform(value: string, directory: string, home: string, depth: number): Promise<boolean> {
  for (const word of splitWords(value)) {
    const pattern = word.startsWith('~/') ? join(home, word.slice(2)) : word
    // Relative names are looked up in ~/.ssh or /etc/ssh, where the including file is.
    const path = isAbsolute(pattern) ? pattern : join(directory, pattern)
    if (/[*?[]/.test(dirname(path))) return false
    const names = /[*?[]/.test(basename(path)) ? await namesIn(dirname(path)) : [basename(path)]
    for (const name of names) {
      // Every file of the directory counts, matched or not: too careful costs only time.
      if (!(await fileIsUniform(join(dirname(path), name), home, depth + 1))) return false
    }
  }
  return true
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}
