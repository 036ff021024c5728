import { join } from 'node:path'
import { quote } from '../../../remote/quote.ts'
import type { ControllerFiles } from '../../contract.ts'
import { digestOf } from '../digest.ts'
import { STATE } from '../layout.ts'
import { TRANSACTION_SCRIPT } from './transaction-script.ts'

/** What runs in the container: `transaction.sh` and the DNF plugin, as text by name below the state folder. */
export interface ProgramFiles {
  readonly texts: Readonly<Record<string, string>>
  readonly digest: string
}

/** Folder of the plugin below the state folder. */
export const PLUGIN = 'dnf/plugin'

export async function loadProgram(files: ControllerFiles): Promise<ProgramFiles> {
  const texts: Record<string, string> = {
    'transaction.sh': TRANSACTION_SCRIPT,
    // For the stage that must do without the host's configuration: dnf wants a regular file.
    [`${PLUGIN}/empty.conf`]: '[main]\n',
  }
  for (const { name, content } of await files.tree(join(files.assetsDir, 'dnf'))) {
    if (name.endsWith('.py')) texts[`${PLUGIN}/${name}`] = new TextDecoder().decode(files.read(content))
  }
  return { texts, digest: digestOf(texts) }
}

/** Shell that writes the program below a folder, which is a word of shell. Whatever lay in the plugin's folder before is gone. */
export function writeProgram({ texts }: ProgramFiles, folder = STATE): string {
  const folders = new Set(Object.keys(texts).map((name) => name.split('/').slice(0, -1).join('/')))
  return [
    `rm -rf ${folder}/${PLUGIN}`,
    ...[...folders].sort().map((name) => `mkdir -p ${folder}/${name}`),
    ...Object.entries(texts).map(([name, text]) => `printf %s ${quote(text)} >${folder}/${name}`),
    `chmod 700 ${folder}/transaction.sh`,
  ].join(' && ')
}
