import type { HostKeyCheck, KeyJudge } from '../hostkeys/check.ts'

/**
 * Takes a host for its upgrade image when it presents exactly the image's key, and for its system when the known hosts say so.
 * Any other key is refused as ever.
 */
export class ImageOrSystem implements KeyJudge {
  readonly #system: HostKeyCheck
  readonly #type: string
  readonly #key: string
  #answered: 'image' | 'system' | undefined

  /** `hostKey`: the image's, as known_hosts spells it. */
  constructor(system: HostKeyCheck, hostKey: string) {
    this.#system = system
    const [type = '', key = ''] = hostKey.split(' ')
    this.#type = type
    this.#key = key
  }

  /** Who was let in; undefined before that. */
  get answered(): 'image' | 'system' | undefined {
    return this.#answered
  }

  get retryTypes(): readonly string[] | undefined {
    return this.#system.retryTypes
  }

  async knownTypes(): Promise<string[]> {
    const known = await this.#system.knownTypes()
    // The image has one key only, so the system's go first.
    return known.length > 0 ? [...known, this.#type] : []
  }

  async verify(key: Buffer): Promise<void> {
    if (key.toString('base64') === this.#key) this.#answered = 'image'
    else {
      await this.#system.verify(key)
      this.#answered = 'system'
    }
  }
}
