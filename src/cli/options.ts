import { z } from 'zod'
import { UserError } from '../diagnostics/diagnostic.ts'

const once = (otherwise: string) => ({
  error: ({ input }: { input?: unknown }) => (Array.isArray(input) ? 'is there more than once' : otherwise),
})
const text = z.string(once('needs a value')).min(1, 'needs a value')
const list = z.array(text).default([])
/** Numbers are taken as text: where an option of type number is given twice, yargs adds one to it for a 1. */
function whole(least: number, most: number, unit = '') {
  const range = `must be a whole number from ${least} to ${most}${unit}`
  const number = z.int(once(range)).min(least, range).max(most, range)
  return z.preprocess((given) => (typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given), number)
}

/** Everything the command line says about a run, checked once and frozen. */
const runOptions = z.strictObject({
  playbooks: z.array(text).min(1),
  inventory: z.array(z.string()).default([]),
  limit: z.string(once('needs a value')).optional(),
  rerun: z.tuple([text, text], 'is there more than once').optional(),
  check: z.boolean().default(false),
  diff: z.boolean().default(false),
  forks: whole(1, 2000),
  tags: list,
  skipTags: list,
  extraVars: list,
  user: text.optional(),
  become: z.boolean().default(false),
  becomeUser: text.optional(),
  askBecomePass: z.boolean().default(false),
  askPass: z.boolean().default(false),
  privateKey: text.optional(),
  timeout: whole(1, 3600, ' seconds').optional(),
  verbose: z.number().int(),
  listHosts: z.boolean().default(false),
  listTasks: z.boolean().default(false),
  syntaxCheck: z.boolean().default(false),
  pluginPath: list,
  acceptNewHostKeys: z.boolean().default(false),
  takeOver: z.boolean().default(false),
  confirm: z.boolean().default(false),
  yes: z.boolean().default(false),
  output: z.enum(['auto', 'screen', 'plain', 'json']),
  detailedExitcode: z.boolean().default(false),
  rehearse: z.boolean().default(false),
  profile: text.optional(),
  seed: whole(1, 2 ** 31 - 1).optional(),
  speed: whole(1, 1_000_000, ' times').optional(),
})
export type RunOptions = Readonly<z.infer<typeof runOptions>>

/** Picks what belongs to a run out of yargs' arguments. Throws a usage error that names the flag. */
export function parseRunOptions(argv: Readonly<Record<string, unknown>>): RunOptions {
  const picked: Record<string, unknown> = {}
  for (const key of Object.keys(runOptions.shape)) picked[key] = argv[key]
  picked.tags = commaList(argv.tags)
  picked.skipTags = commaList(argv.skipTags)
  const parsed = runOptions.safeParse(picked)
  if (picked.rehearse !== true) refuseAlone(picked)
  if (parsed.success) return Object.freeze(parsed.data)
  throw new UserError(
    parsed.error.issues.map((issue) => {
      const key = String(issue.path[0] ?? '')
      return { message: `${flagOf(key)}: ${issue.message}` }
    }),
    'usage',
  )
}

/** What means nothing but in a rehearsal must not let a real run be taken for one. */
function refuseAlone(picked: Readonly<Record<string, unknown>>): void {
  const alone = ['profile', 'seed', 'speed'].find((key) => picked[key] !== undefined)
  if (alone === undefined) return
  throw new UserError(
    {
      message: `--${alone} is for a rehearsal`,
      hint: 'add --rehearse, or leave it out: without it hosts are worked on',
    },
    'usage',
  )
}

/** The option as the user typed it. */
function flagOf(key: string): string {
  return key === 'playbooks' ? 'PLAYBOOK' : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function commaList(value: unknown): string[] {
  const parts = Array.isArray(value) ? value : value === undefined ? [] : [value]
  // An empty name is refused like an empty limit: it does not mean all.
  return parts.flatMap((part) => String(part).replace(/,\s*$/, '').split(',')).map((tag) => tag.trim())
}
