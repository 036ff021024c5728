import { z } from 'zod'
import { quote } from '../../remote/quote.ts'
import { type Content, defineTask } from '../contract.ts'
import { guardsAreAbsolute, runArguments } from './command-arguments.ts'
import { guardProbes, judgeRun, type RunFacts, type RunSpec, runFrame, stdinContent } from './run-command.ts'
import { splitWords } from './split-words.ts'

const args = z
  .strictObject({
    cmd: z
      .string()
      .optional()
      .describe('The command line; split into words at spaces, quotes group. No shell reads it'),
    argv: z.array(z.string()).min(1).optional().describe('The words themselves, instead of `cmd`'),
    expand_argument_vars: z
      .boolean()
      .default(true)
      .describe("Replace $NAME in the words by the host's environment variables"),
    ...runArguments,
  })
  .superRefine((given, context) => {
    guardsAreAbsolute(given, context)
    if ((given.cmd === undefined) === (given.argv === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs a command: as text (cmd), or else as a list (argv)' })
      return
    }
    try {
      const words = given.argv ?? splitWords(given.cmd as string)
      if (!words[0]) context.addIssue({ code: 'custom', message: 'the command is empty' })
      if (words.some((word) => word.includes('\0'))) {
        context.addIssue({ code: 'custom', message: 'a command cannot hold a NUL character' })
      }
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['cmd'], message: (error as Error).message })
    }
  })

type Args = z.infer<typeof args>

export const commandTask = defineTask<Args, RunFacts, RunSpec, Content | undefined>({
  name: 'command',
  summary:
    'Runs a command on the host, without a shell. With `creates` or `removes` it is idempotent; without, check mode skips it, for nothing can tell what it would do.',
  args,
  freeForm: 'cmd',
  example:
    '- name: Rebuild the font cache once\n  command: fc-cache --force\n  args:\n    creates: /var/cache/fontconfig/CACHEDIR.TAG\n',
  load: async (given, files) => stdinContent(given, files),
  probes: guardProbes,
  check: ({ args: given, facts, local }) =>
    judgeRun(given, facts, {
      cmd: given.argv ?? splitWords(given.cmd as string),
      chdir: given.chdir,
      stdin: local,
      strip: given.strip_empty_ends,
      expand: given.expand_argument_vars,
    }),
  compile(spec, files) {
    const words = spec.cmd as readonly string[]
    return runFrame(spec, `exec ${words.map(spec.expand ? quoteExpanding : quote).join(' ')}`, files)
  },
})

/** One word in which `$NAME` and `${NAME}` stand for the host's environment; a name that is not set stays as it is written. */
export function quoteExpanding(word: string): string {
  if (!word.includes('$')) return quote(word)
  return word
    .split(/(\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}))/)
    .map((part, i) => {
      if (i % 2 === 0) return part === '' ? '' : quote(part)
      const name = part.replace(/[${}]/g, '')
      return `"\${${name}-${part.replace('$', '\\$').replace('}', '\\}')}}"`
    })
    .join('')
}
