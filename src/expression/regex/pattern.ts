import vm from 'node:vm'
import { charge, MAX_LIST } from '../budget.ts'
import { EvaluationError } from '../errors.ts'
import { type Translated, translate } from './translate.ts'

/** Characters of a text that a pattern may be run on, and of a pattern. */
const MAX_INPUT = 1024 * 1024
const MAX_PATTERN = 4096
/** Work below which a match can't be felt, whatever the text: it is run directly. */
const HARMLESS = 1_000_000
const TIMEOUT_MS = 1000
/** Time under the watchdog is paid for, so that many slow matches in one evaluation end too: two seconds in all. */
const STEPS_PER_MS = 1000

const context = vm.createContext(Object.create(null))
const script = new vm.Script('run()')

export interface Pattern {
  /** Every match that does not overlap an earlier one, or only the first. `start`: the match must begin the text. */
  matches(text: string, options?: { readonly all?: boolean }): readonly RegExpExecArray[]
}

export interface PatternOptions {
  readonly ignoreCase?: boolean | undefined
  readonly multiline?: boolean | undefined
  /** `start`: as Python's `re.match`. */
  readonly anchor?: 'start' | undefined
}

const cache = new Map<string, Pattern>()

/** A compiled Python pattern. Throws EvaluationError when it is wrong. */
export function pattern(source: string, { ignoreCase, multiline, anchor }: PatternOptions = {}): Pattern {
  const key = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${anchor ? '^' : ''} ${source}`
  let compiled = cache.get(key)
  if (!compiled) {
    compiled = compile(source, `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}`, anchor === 'start')
    if (cache.size >= 1000) cache.clear()
    cache.set(key, compiled)
  }
  return compiled
}

function compile(source: string, extraFlags: string, anchored: boolean): Pattern {
  if (source.length > MAX_PATTERN) throw new EvaluationError(`the pattern is longer than ${MAX_PATTERN} characters`)
  const translated = translate(extraFlags.includes('m') ? `(?m)${source}` : source)
  const flags = new Set([...translated.flags, ...extraFlags, 'g', 'u'])
  let expression: RegExp
  try {
    expression = new RegExp(anchored ? `(?<![\\s\\S])(?:${translated.source})` : translated.source, [...flags].join(''))
  } catch (error) {
    const cause = (error as Error).message.replace(/^Invalid regular expression: /, '').replace(/^[\s\S]*: /, '')
    throw new EvaluationError(`not a valid pattern: ${cause}`)
  }
  return {
    matches(text, { all = false } = {}) {
      if (text.length > MAX_INPUT) throw new EvaluationError('a pattern can be run on at most 1 MiB of text')
      charge(1 + Math.ceil(text.length / 64))
      return bounded(translated, text, () => collect(expression, text, all))
    },
  }
}

function collect(expression: RegExp, text: string, all: boolean): RegExpExecArray[] {
  const found: RegExpExecArray[] = []
  expression.lastIndex = 0
  for (let match = expression.exec(text); match; match = expression.exec(text)) {
    found.push(match)
    if (!all || found.length >= MAX_LIST) break
    if (match[0] === '') expression.lastIndex += (text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1
  }
  return found
}

/**
 * A backtracking matcher can be made to run for years by a pattern like `(a+)+$` and a text that a host chose.
 * Without quantifiers on top of each other the work is below length^(quantifiers + 1); where that is little, the match runs directly.
 * Anything else runs under a watchdog that ends it after a second.
 */
function bounded<T>({ quantifiers, nested }: Translated, text: string, run: () => T): T {
  if (!nested && (text.length + 1) ** (quantifiers + 1) <= HARMLESS) return run()
  context.run = run
  const began = performance.now()
  try {
    const result = script.runInContext(context, { timeout: TIMEOUT_MS }) as T
    charge(Math.ceil((performance.now() - began) * STEPS_PER_MS))
    return result
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new EvaluationError(
      `the pattern took more than a second on ${text.length} characters and was stopped`,
      'avoid repetition within repetition, such as (a+)+',
    )
  } finally {
    context.run = undefined
  }
}
