import { integer, text } from '../arguments.ts'
import { chargeText } from '../budget.ts'
import type { FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { toText } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { pattern } from '../regex/pattern.ts'
import { expand, group } from '../regex/replacement.ts'
import { defined, type Item } from '../undefined.ts'

function options(ignoreCase: Item | undefined, multiline: Item | undefined) {
  return { ignoreCase: truth(ignoreCase ?? false), multiline: truth(multiline ?? false) }
}

/** Regular expressions in Python's syntax. */
export const regex: FilterTable = {
  regex_replace: {
    parameters: ['pattern', 'replacement', 'ignorecase', 'multiline', 'count'],
    required: 2,
    run(input, { args: [source, replacement, ignoreCase, multiline, count] }) {
      const subject = toText(input)
      const limit = integer(count, 'count', 0)
      const found = pattern(text(source, 'pattern'), options(ignoreCase, multiline)).matches(subject, { all: true })
      let result = ''
      let at = 0
      for (const match of limit > 0 ? found.slice(0, limit) : found) {
        result += subject.slice(at, match.index) + expand(text(replacement, 'replacement'), match)
        chargeText(result.length)
        at = match.index + match[0].length
      }
      return result + subject.slice(at)
    },
  },
  regex_search: {
    parameters: ['pattern', '*groups', '**'],
    required: 1,
    run(input, { args: [source], given }) {
      for (const name of given.named.keys()) {
        if (!['pattern', 'ignorecase', 'multiline'].includes(name)) {
          throw new EvaluationError(
            `filter "regex_search" has no argument "${name}"`,
            'it has: pattern, ignorecase, multiline',
          )
        }
      }
      const flags = options(given.named.get('ignorecase'), given.named.get('multiline'))
      const [match] = pattern(text(source, 'pattern'), flags).matches(toText(input))
      const groups = given.positional.slice(given.named.has('pattern') ? 0 : 1)
      if (!match) return null
      if (groups.length === 0) return match[0]
      return groups.map((item) =>
        group(match, text(defined(item), 'a group').replace(/^\\(?:g<(\w+)>|(\d+))$/, '$1$2')),
      )
    },
  },
  regex_findall: {
    parameters: ['pattern', 'multiline', 'ignorecase'],
    required: 1,
    run(input, { args: [source, multiline, ignoreCase] }) {
      const found = pattern(text(source, 'pattern'), options(ignoreCase, multiline)).matches(toText(input), {
        all: true,
      })
      return found.map((match) => {
        const groups = match.slice(1).map((part) => part ?? '')
        return groups.length === 0 ? match[0] : groups.length === 1 ? (groups[0] as string) : groups
      })
    },
  },
  regex_escape: { run: (input) => toText(input).replace(/[-()[\]{}?*+|^$\\.&~#\s]/g, '\\$&') },
}
