import type { RunOptions } from './options.ts'
import { askSecret } from './prompt.ts'

export interface RunSecrets {
  readonly login: string | undefined
  readonly become: string | undefined
}

/** A rehearsal logs in nowhere. */
export const NO_SECRETS: RunSecrets = { login: undefined, become: undefined }

/** Asks for the passwords that -k and -K want, before anything is shown or connected. An empty sudo password means the login one, as in Ansible. */
export async function askRunSecrets(options: RunOptions): Promise<RunSecrets> {
  const login = options.askPass ? await askSecret('SSH password') : undefined
  if (!options.askBecomePass) return { login, become: undefined }
  const hint = login === undefined ? '' : ' [defaults to SSH password]'
  const become = await askSecret(`BECOME password${hint}`)
  return { login, become: become === '' && login !== undefined ? login : become }
}
