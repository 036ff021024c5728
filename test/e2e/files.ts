import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { Run, Workspace } from './cli.ts'

/** Writes a file of the test's workspace. @returns its path. */
export async function put(work: Workspace, name: string, text: string | Uint8Array, mode = 0o644): Promise<string> {
  const path = join(work.dir, name)
  await writeFile(path, text, { mode })
  return path
}

/** Waits, without a pause, until a run has made a name that matches in a folder. @throws Error when it ends without. */
export async function appears(run: Run, folder: string, name: RegExp): Promise<string> {
  while (run.child.exitCode === null) {
    const found = readdirSync(folder).find((entry) => name.test(entry))
    if (found !== undefined) return found
    await turn()
  }
  throw new Error(`the run made nothing like ${name.source} in ${folder}: ${(await run.ended).stdout}`)
}

/** The first two steps of what initramfs.yml does that change a host, without the rest: enough to make a container. */
export const CONTAINER_ONLY = `- hosts: all
  gather_facts: false
  vars:
    repositories: [labos]
  tasks:
    - gather_modules:
        target_release: "9"
    - install_rpms:
        release: "9"
        repositories: "{{ repositories }}"
        refresh: "{{ refresh | default(false) }}"
`
