import type { ParsedKey } from 'ssh2'
import { KeyError, type KeyFiles } from '../login/keyFile.ts'
import { type Credentials, type Login, LoginPlan } from '../login/plan.ts'
import type { ImageIdentity } from '../types.ts'
import type { ImageOrSystem } from './key-judge.ts'

/** The system's credentials for the system, and the image's for the image: whose turn it is shows only when the host key is known. */
export class ImageOrSystemLogin implements Login {
  readonly #judge: ImageOrSystem
  readonly #image: Login
  readonly #system: Login

  constructor(judge: ImageOrSystem, image: Credentials, system: Credentials) {
    this.#judge = judge
    this.#image = new LoginPlan(image)
    this.#system = new LoginPlan(system)
  }

  readonly handler: Login['handler'] = (allowed, partial, next) => this.#plan.handler(allowed, partial, next)

  get story(): string {
    return this.#plan.story
  }

  get #plan(): Login {
    return this.#judge.answered === 'image' ? this.#image : this.#system
  }
}

/**
 * What root of the image is logged in with: whichever of the controller's keys belongs to the public one that the image lets in. Nothing
 * else is offered to it. None may be at hand: then the login is refused, and its story says so.
 *
 * @param own private key files to look at beside the credentials for the system and the file that the identity names
 */
export async function imageCredentials(
  { authorizedKey, keyFile }: ImageIdentity,
  system: Credentials,
  own: readonly string[],
  files: KeyFiles,
): Promise<Credentials> {
  const wanted = authorizedKey.split(' ')[1] ?? ''
  const fits = (key: ParsedKey): boolean => key.getPublicSSH().toString('base64') === wanted
  const keys = system.keys.filter(({ key }) => fits(key))
  for (const path of keyFile === undefined ? own : [...own, keyFile]) {
    if ((await files.publicPart(path)) !== wanted) continue
    const key = await files.load(path).catch((error: unknown) => {
      if (error instanceof KeyError) return undefined
      throw error
    })
    if (key) keys.unshift({ path, key })
  }
  const agent = system.agent && { socket: system.agent.socket, keys: system.agent.keys.filter(fits) }
  return { user: 'root', keys, agent, passwordMethods: [] }
}
