import { z } from 'zod'
import type { Value } from '../../expression/values.ts'
import { hostPath, isDirectoryName } from './host-path.ts'
import { modeArgument } from './mode.ts'
import { ownerArgument } from './owner.ts'
import { splitWords } from './split-words.ts'

export const copyArgs = z
  .strictObject({
    src: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File or directory of the controller, looked for in `files/` beside the playbook, then beside it. A directory with a slash at its end: only what is in it',
      ),
    content: (z.any() as z.ZodType<Value | undefined>)
      .optional()
      .describe('Text to write instead of a file; a map or list is written as JSON'),
    dest: hostPath.describe(
      'Where to. With a slash at its end, or when it is a directory: below it, under its own name',
    ),
    mode: z
      .union([z.literal('preserve'), modeArgument])
      .optional()
      .describe(
        "Permissions: '0644', u=rw,go=r, or preserve: those of the controller's file. Default: as they are; 0644 for a new file",
      ),
    directory_mode: modeArgument.optional().describe('Permissions of directories that have to be made. Default: 0755'),
    owner: ownerArgument.optional().describe('User: name or number. Default: as it is'),
    group: ownerArgument.optional().describe('Group: name or number. Default: as it is'),
    force: z.boolean().default(true).describe('false: a file that exists is left alone, whatever it holds'),
    backup: z.boolean().default(false).describe('Keep what is replaced beside it, with the time in its name'),
    validate: z
      .string()
      .optional()
      .describe('Command that must accept the new file before it takes its place; %s stands for it'),
  })
  .superRefine((given, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ((given.src === undefined) === (given.content === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs something to copy: src, or else content' })
    }
    if (given.content !== undefined) {
      if (isDirectoryName(given.dest)) fault('dest', 'must be a file when content is given')
      if (given.mode === 'preserve') fault('mode', 'preserve needs a file: content has no mode')
    }
    if (given.validate === undefined) return
    try {
      if (!splitWords(given.validate).some((word) => word.includes('%s')))
        fault('validate', 'must hold %s, which stands for the file')
    } catch (error) {
      fault('validate', (error as Error).message)
    }
  })

export type CopyArgs = z.infer<typeof copyArgs>
