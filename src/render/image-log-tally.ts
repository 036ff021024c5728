import type { RunEvent } from '../events/types.ts'
import { visible } from '../events/visible.ts'
import { listed } from './recap.ts'

type ImageLog = Extract<RunEvent, { type: 'image_log' }>

/** Of which hosts a run keeps what their upgrade images logged, told in one line however many they are. */
export class ImageLogTally {
  readonly #paths = new Map<string, string>()
  readonly #missing = new Set<string>()

  /** What was kept of a host stays, whatever becomes of a later try. */
  add({ host, path }: ImageLog): void {
    if (path === undefined) {
      if (!this.#paths.has(host)) this.#missing.add(host)
      return
    }
    this.#paths.set(host, path)
    this.#missing.delete(host)
  }

  /** Where the log of a host is. */
  pathOf(host: string): string | undefined {
    return this.#paths.get(host)
  }

  /** None where no host was upgraded. */
  lines(): string[] {
    const [first] = this.#paths.values()
    const hosts = this.#paths.size
    const where =
      first === undefined || hosts === 1 ? first : `${first.slice(0, first.lastIndexOf('/') + 1)} (${hosts} hosts)`
    const none = this.#missing.size === 0 ? undefined : `not kept of ${listed([...this.#missing], 10)}`
    const told = [where === undefined ? undefined : visible(where), none].filter((part) => part !== undefined)
    return told.length === 0 ? [] : [`logs of the upgrade image: ${told.join('; ')}`]
  }
}
