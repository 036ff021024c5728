import { z } from 'zod'
import { quote } from '../../remote/quote.ts'
import { type Content, defineTask } from '../contract.ts'
import { guardsAreAbsolute, runArguments } from './command-arguments.ts'
import { hostPath } from './host-path.ts'
import { guardProbes, judgeRun, type RunFacts, type RunSpec, runFrame, stdinContent } from './run-command.ts'

/** The kernel takes no single string of 128 KiB or more. */
const MAX_BYTES = 120 * 1024
/** Shells that know `eval`: their text goes through the environment, where only root and the same user can see it, not through argv. */
const POSIX_SHELLS = new Set(['sh', 'bash', 'dash', 'ksh', 'mksh', 'zsh', 'ash'])

const args = z
  .strictObject({
    cmd: z.string().describe('What the shell runs; may have many lines'),
    executable: hostPath.default('/bin/sh').describe('The shell'),
    ...runArguments,
  })
  .superRefine((given, context) => {
    guardsAreAbsolute(given, context)
    const fault =
      given.cmd.trim() === ''
        ? 'the command is empty'
        : given.cmd.includes('\0')
          ? 'a command cannot hold a NUL character'
          : Buffer.byteLength(given.cmd) > MAX_BYTES
            ? `the command is longer than ${MAX_BYTES / 1024} KiB: copy it to the host as a script`
            : undefined
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['cmd'], message: fault })
  })

export const shellTask = defineTask<z.infer<typeof args>, RunFacts, RunSpec, Content | undefined>({
  name: 'shell',
  summary:
    'Runs text in a shell on the host. With `creates` or `removes` it is idempotent; without, check mode skips it, for nothing can tell what it would do.',
  args,
  freeForm: 'cmd',
  example:
    '- name: Which services listen?\n  shell: ss -lnt | tail -n +2 | wc -l\n  register: listening\n  changed_when: false\n',
  load: async (given, files) => stdinContent(given, files),
  probes: guardProbes,
  check: ({ args: given, facts, local }) =>
    judgeRun(given, facts, {
      cmd: given.cmd,
      chdir: given.chdir,
      stdin: local,
      strip: given.strip_empty_ends,
      executable: given.executable,
    }),
  compile: (spec, files) => runFrame(spec, shellLine(spec.cmd as string, spec.executable ?? '/bin/sh'), files),
})

function shellLine(text: string, executable: string): string {
  const shell = quote(executable)
  if (!POSIX_SHELLS.has(executable.slice(executable.lastIndexOf('/') + 1))) return `exec ${shell} -c ${quote(text)}`
  const reader = 'up_text=$UPGRADE_PUSH_TEXT; unset UPGRADE_PUSH_TEXT; eval "unset up_text; $up_text"'
  return `UPGRADE_PUSH_TEXT=${quote(text)} exec ${shell} -c ${quote(reader)}`
}
