import { UserError } from '../../diagnostics/diagnostic.ts'
import { closest } from '../../diagnostics/suggest.ts'

/** So many are named where a word fits several. */
const NAMED = 5

/**
 * The run that a person means: its id, `last` for the newest, or the beginning or the end of an id that no other has.
 * `runs`: ids, newest first. Throws UserError that says what would have been right.
 */
export function findRun(word: string | undefined, runs: readonly string[]): string {
  if (word === undefined || word === '') {
    throw new UserError({ message: 'no run', hint: 'name one, or write last; upgrade-push runs lists them' }, 'usage')
  }
  const [newest] = runs
  if (newest === undefined) {
    throw new UserError({ message: `no run "${word}": there are none yet`, hint: 'runs are kept for each user apart' })
  }
  if (word === 'last') return newest
  if (runs.includes(word)) return word
  const fitting = runs.filter((run) => run.startsWith(word) || run.endsWith(`-${word}`))
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  if (only !== undefined) {
    const more = fitting.length > NAMED ? `, and ${fitting.length - NAMED} more` : ''
    throw new UserError({
      message: `"${word}" fits ${fitting.length} runs`,
      hint: `write more of it: ${fitting.slice(0, NAMED).join(', ')}${more}`,
    })
  }
  const near = closest(word, runs)
  throw new UserError({
    message: `no run "${word}"`,
    hint: near === undefined ? `upgrade-push runs lists them; last is ${newest}` : `did you mean "${near}"?`,
  })
}
