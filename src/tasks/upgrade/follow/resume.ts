import type { ImageSession } from '../../../remote/types.ts'
import { ApplyError } from '../../contract.ts'
import { plainText } from './plain-text.ts'

/** What came of asking an image to go on. */
export type Resumed =
  /** It took the order. */
  | 'ordered'
  /** It needs none: packages are being changed, or were. */
  | 'at-work'
  /** It has yet to come to where it waits. */
  | 'not-yet'

/** Phases in which the image goes on by itself, as `upgrade-status` names them. */
const AT_WORK: readonly string[] = ['transaction', 'finish', 'done']

/**
 * Lets an image that waits go on. One that is at work is left alone: somebody else, or an earlier run, has told it already, and a failure that
 * nobody has seen yet is not to be passed over.
 *
 * Rejects with ApplyError when the image waits and refuses: what it refuses now it refuses always.
 */
export async function resumeImage(
  session: ImageSession,
  options: { readonly signal: AbortSignal; readonly idleMs: number },
): Promise<Resumed> {
  const status = await session.run(['upgrade-status'], options)
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(status.stdout)?.[1]
  if (field('waiting') !== 'yes') return AT_WORK.includes(field('phase') ?? '') ? 'at-work' : 'not-yet'
  const { code, stderr } = await session.run(['upgrade-resume'], options)
  if (code === 0) return 'ordered'
  throw new ApplyError(
    `the image refused to go on with the upgrade: ${plainText(stderr, 500) || `code ${code}`}`,
    'log in to the image as root (docs/upgrade.md) and see upgrade-status',
  )
}
