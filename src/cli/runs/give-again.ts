import { UserError } from '../../diagnostics/diagnostic.ts'
import { loadVarsFile } from '../../inventory/vars-files.ts'
import { argv } from '../../remote/quote.ts'
import { extraVars, isMapText } from '../extra-vars.ts'
import { askSecret } from '../prompt.ts'
import { filled } from './hidden-places.ts'
import { type HiddenVariable, revealed } from './hidden-vars.ts'

/** The recorded words of a run with its hidden values in their place: given again with `-e` (`typed`), or asked for. Throws UserError. */
export async function givenAgain(
  run: string,
  recorded: readonly string[],
  typed: readonly string[],
): Promise<readonly string[]> {
  const { args, hidden, lost } = revealed(recorded)
  if (lost !== undefined) {
    throw new UserError({
      message: `run ${run} was given "${lost}", of which a part was hidden as a secret`,
      hint: 'give its command line again: hosts go on at their own step all the same',
    })
  }
  const known = new Set(Object.keys(await extraVars(typed, loadVarsFile)))
  const missing = hidden.filter(({ name }) => !known.has(name))
  if (missing.length === 0) return args
  if (!process.stdin.isTTY) throw await notGiven(run, missing)
  const asked: Record<string, unknown> = {}
  for (const { name, value, form } of missing) {
    asked[name] = await filled(value, name, async (place) => meant(await askSecret(`Value of ${place}`), form))
  }
  return [...args, '-e', JSON.stringify(asked)]
}

/** Where a map was written, the hidden value may have been a map or a list itself, and is typed as one. */
function meant(text: string, form: HiddenVariable['form']): unknown {
  if (form === 'pair' || !isMapText(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Names what is missing, and the words that give it: with all that is known of its variable, since `-e` replaces a variable whole. */
async function notGiven(run: string, missing: readonly HiddenVariable[]): Promise<UserError> {
  const places: string[] = []
  const words: string[] = []
  for (const { name, value, form } of missing) {
    const example = await filled(value, name, async (place) => {
      places.push(place)
      return '...'
    })
    words.push(form === 'pair' ? `-e ${name}=...` : argv(['-e', JSON.stringify({ [name]: example })]))
  }
  return new UserError(
    {
      message: `run ${run} was given ${places.join(', ')}, which no journal keeps`,
      hint: `give it again: upgrade-push resume ${run} ${words.join(' ')}, or run this on a terminal`,
    },
    'usage',
  )
}
