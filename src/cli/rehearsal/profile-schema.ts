import { z } from 'zod'
import { MISHAPS, type Mishap, type Seconds, type TaskProfile } from '../../engine/rehearsal/profile.ts'
import { PHASES } from '../../tasks/upgrade/follow/phases.ts'

const A_DAY = 86_400
const SOME_SECONDS = `expected seconds above 0, at most ${A_DAY}`
const positive = z.number(SOME_SECONDS).positive(SOME_SECONDS).max(A_DAY, SOME_SECONDS)

/** A plain 0 is as clear as 0%; any other number may be meant as a part of one. */
const percent = z.preprocess(
  (given) => (given === 0 ? '0%' : given),
  z
    .string('expected a percentage, such as 2%')
    .regex(/^(100|\d{1,2}(\.\d+)?)%$/, 'expected a percentage from 0% to 100%, such as 2%')
    .transform((text) => Number.parseFloat(text) / 100),
)

const seconds = z.union(
  [
    positive.transform((median): Seconds => ({ median, spread: 1.3 })),
    z.strictObject({ median: positive, spread: z.number().min(1).max(10).default(1.3) }),
  ],
  { error: `expected seconds (at most ${A_DAY}), or { median: SECONDS, spread: 1 to 10 }` },
)

const text = z.string().min(1).max(500)
const words = z.union([
  text.transform((message) => ({ message })),
  z.strictObject({ message: text, remedy: text.optional() }),
])

const mishap = z.union(
  [
    percent.transform((rate): Mishap => ({ rate, words: [] })),
    z
      .strictObject({ rate: percent, messages: z.array(words).min(1, 'give at least one message') })
      .transform(({ rate, messages }): Mishap => ({ rate, words: messages })),
  ],
  { error: 'expected a percentage such as 2%, or { rate: 2%, messages: [...] }' },
)

const A_MAP = {
  error: (issue: { code?: string }) => (issue.code === 'invalid_type' ? 'expected a map of keys' : undefined),
}

const step = z
  .strictObject(
    {
      seconds: seconds.optional(),
      look: seconds.optional(),
      changed: percent.optional(),
      unreachable: mishap.optional(),
      refused: mishap.optional(),
      failed: mishap.optional(),
      overdue: mishap.optional(),
      lines: z.array(text).max(100).optional(),
      says: z.array(text).max(100).optional(),
      phases: z.partialRecord(z.enum(PHASES), positive).optional(),
      packages: z
        .int('expected a number of packages')
        .min(1, 'expected at least 1')
        .max(100_000, 'expected at most 100000')
        .optional(),
    },
    A_MAP,
  )
  .superRefine((given, context) => {
    const sum = MISHAPS.reduce((all, name) => all + (given[name]?.rate ?? 0), 0)
    if (sum > 1) context.addIssue(`more than 100% of the hosts go wrong: ${MISHAPS.join(', ')} add up`)
  })
  .transform(({ unreachable, refused, failed, overdue, ...rest }): Partial<TaskProfile> => {
    const mishaps = defined({ unreachable, refused, failed, overdue })
    const total = Object.values(rest.phases ?? {}).reduce((sum, one) => sum + one, 0)
    const whole = rest.phases && !rest.seconds ? { seconds: { median: total, spread: 1.3 } } : {}
    return { ...defined(rest), ...whole, ...(Object.keys(mishaps).length > 0 ? { mishaps } : {}) }
  })

/** A profile file as people write it; docs/rehearsal.md is its reference. */
export const profileSchema = z.strictObject(
  {
    others: step.optional(),
    tasks: z.record(z.string(), step, A_MAP).default({}),
    names: z.record(z.string(), step, A_MAP).default({}),
  },
  A_MAP,
)

/** Without the keys that were not given: they must not hide what they are laid over. */
function defined<T extends object>(given: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}
