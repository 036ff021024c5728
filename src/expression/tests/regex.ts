import { oneOf, text } from '../arguments.ts'
import type { Test, TestTable } from '../callable.ts'
import { toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { pattern } from '../regex/pattern.ts'

function matching(anchor: 'start' | undefined): Test {
  return {
    parameters: ['pattern', 'ignorecase', 'multiline'],
    required: 1,
    run: (value, { args: [source, ignoreCase = false, multiline = false] }) =>
      pattern(text(source, 'pattern'), { anchor, ignoreCase: truth(ignoreCase), multiline: truth(multiline) }).matches(
        toText(value),
      ).length > 0,
  }
}

/** Regular expressions: `match` at the start of the text, `search` anywhere, `regex` as its match_type says. */
export const regexTests: TestTable = {
  match: matching('start'),
  search: matching(undefined),
  regex: {
    parameters: ['pattern', 'ignorecase', 'multiline', 'match_type'],
    required: 1,
    run(value, { args: [source, ignoreCase = false, multiline = false, type = 'search'] }) {
      const how = oneOf(type, 'match_type', ['search', 'match', 'fullmatch'])
      const whole = how === 'fullmatch' ? `(?:${text(source, 'pattern')})\\Z` : text(source, 'pattern')
      const anchor = how === 'search' ? undefined : 'start'
      return (
        pattern(whole, { anchor, ignoreCase: truth(ignoreCase), multiline: truth(multiline) }).matches(toText(value))
          .length > 0
      )
    },
  },
}
