import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Answer<T> =
  | { readonly ok: T; readonly error?: undefined }
  | { readonly error: string; readonly ok?: undefined }

export interface AnsibleInventory {
  readonly groups: Record<string, { hosts: string[]; children: string[]; depth: number; priority: number }>
  readonly hosts: Record<string, { groups: string[]; vars: Record<string, unknown> }>
  readonly patterns: Answer<string[]>[]
}

/** A clean environment: no ansible.cfg, no ANSIBLE_ variable of the developer decides a test. */
function environment(home: string): NodeJS.ProcessEnv {
  const config = join(home, 'ansible.cfg')
  writeFileSync(config, '')
  return { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', ANSIBLE_CONFIG: config }
}

/** Asks ansible-core's own code, all questions in one process. */
export function askAnsible<T>(questions: readonly object[]): Answer<T>[] {
  return inScratch((home) => {
    const output = execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'oracle.py')], {
      input: JSON.stringify(questions),
      env: environment(home),
      maxBuffer: 1 << 28,
    })
    return JSON.parse(output.toString()) as Answer<T>[]
  })
}

/** Runs one of Ansible's commands. */
export function runAnsible(
  command: string,
  args: readonly string[],
): { code: number | null; stdout: string; stderr: string } {
  return inScratch((home) => {
    const result = spawnSync(command, [...args], { env: environment(home), encoding: 'utf8', cwd: home })
    return { code: result.status, stdout: result.stdout, stderr: result.stderr }
  })
}

/** A directory that is gone afterwards. */
export function inScratch<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'upgrade-push-inventory-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  let result: T
  try {
    result = work(directory)
  } catch (error) {
    remove()
    throw error
  }
  if (result instanceof Promise) return result.finally(remove) as T
  remove()
  return result
}
