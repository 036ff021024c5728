import { z } from 'zod'
import { below, hostPath, normal } from './host-path.ts'

/** What `command` and `shell` have in common. */
export const runArguments = {
  chdir: hostPath.optional().describe('Directory to run it in'),
  creates: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Path or glob pattern that the command makes: when it exists the command is not run, and afterwards it must exist',
    ),
  removes: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Path or glob pattern that the command takes away: when it is missing the command is not run, and afterwards it must be gone',
    ),
  stdin: z.string().optional().describe('Text for its standard input'),
  stdin_add_newline: z.boolean().default(true).describe('End that text with a line end'),
  strip_empty_ends: z.boolean().default(true).describe('Drop empty lines at the end of stdout and stderr'),
}

export type RunArguments = z.infer<z.ZodObject<typeof runArguments>>

/** `creates` and `removes` must be found from anywhere: absolute, or relative to an absolute `chdir`. */
export function guardsAreAbsolute(given: RunArguments, context: z.RefinementCtx): void {
  for (const key of ['creates', 'removes'] as const) {
    const path = given[key]
    if (path !== undefined && !path.startsWith('/') && given.chdir === undefined) {
      context.addIssue({ code: 'custom', path: [key], message: 'must be an absolute path, or relative to chdir' })
    }
    if (path?.includes('\0'))
      context.addIssue({ code: 'custom', path: [key], message: 'must not hold a NUL character' })
  }
}

/** The absolute pattern of a guard. */
export function guardPattern(path: string, chdir: string | undefined): string {
  return path.startsWith('/') ? path : below(normal(chdir ?? '/'), path.replace(/^(\.\/)+/, ''))
}
