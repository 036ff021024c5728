import { quote } from '../../../remote/quote.ts'
import type { LoaderScripts, Steering } from './driver.ts'

/** Steering by GRUB's environment block: `id` is what `next_entry` must say. The tool rewrites the block beside the old one and renames it. */
export function grubScripts(steering: Steering, id: string): Pick<LoaderScripts, 'fingerprint' | 'arm' | 'armed'> {
  const command = `${quote(steering.editenv)} ${quote(steering.block)}`
  const choice = quote(`next_entry=${id}`)
  return {
    fingerprint: `${command} list | grep -v '^next_entry='; :`,
    arm: `${command} set ${choice} && sync ${quote(steering.block)}`,
    armed: `if ${command} list | grep -q -x ${choice}; then echo yes; fi`,
  }
}
