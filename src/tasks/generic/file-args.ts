import { z } from 'zod'
import { hostPath, normal } from './host-path.ts'
import { modeArgument } from './mode.ts'
import { ownerArgument } from './owner.ts'

const time = z.enum(['preserve', 'now']).default('now')

export const fileArgs = z
  .strictObject({
    path: hostPath.optional().describe('What it is about, absolute'),
    dest: hostPath.optional().describe('Another name of `path`'),
    name: hostPath.optional().describe('Another name of `path`'),
    state: z
      .enum(['file', 'directory', 'absent', 'touch', 'link', 'hard'])
      .optional()
      .describe(
        'directory: make it with its parents; absent: remove it with all below; link, hard: make a link to `src`; touch: make an empty file or set its times; file: it must exist. Default: what it is now',
      ),
    src: z
      .string()
      .min(1)
      .optional()
      .describe('What a link leads to; for `link` relative to the directory of the link'),
    mode: modeArgument.optional().describe("Permissions: '0644' or u=rw,go=r"),
    owner: ownerArgument.optional().describe('User: name or number'),
    group: ownerArgument.optional().describe('Group: name or number'),
    recurse: z.boolean().default(false).describe('With `directory`: mode, owner and group for everything below it too'),
    force: z
      .boolean()
      .default(false)
      .describe('With `link` and `hard`: replace a file; `link`: also to something that does not exist'),
    follow: z.boolean().default(true).describe('Mode and owner of what a symbolic link leads to, not of the link'),
    access_time: time.describe('With `touch`: leave the time alone, or set it'),
    modification_time: time.describe('With `touch`: leave the time alone, or set it'),
  })
  .superRefine((given, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ([given.path, given.dest, given.name].filter((path) => path !== undefined).length !== 1) {
      context.addIssue({ code: 'custom', message: 'needs exactly one of path, dest, name' })
    }
    const links = given.state === 'link' || given.state === 'hard'
    if (links && given.src === undefined) fault('src', `state: ${given.state} needs src`)
    if (!links && given.src !== undefined) fault('src', 'is only for state: link and state: hard')
    if (given.state === 'hard' && given.src?.startsWith('/') === false) fault('src', 'must be an absolute path')
    if (given.src?.includes('\0')) fault('src', 'must not hold a NUL character')
    if (given.state === 'link' && given.mode !== undefined) fault('mode', 'a symbolic link has no mode of its own')
    if (given.recurse && given.state !== undefined && given.state !== 'directory') {
      fault('recurse', 'is only for state: directory')
    }
  })

export type FileArgs = z.infer<typeof fileArgs>

/** The path that the task is about. */
export function pathOf({ path, dest, name }: FileArgs): string {
  return normal(path ?? dest ?? name ?? '/')
}
