import { isMap } from 'yaml'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Raw, TemplateText } from '../expression/values.ts'
import { notSupportedYet } from './keys.ts'
import { isIdentifier, isRawMap, kindOfRaw, Section } from './section.ts'
import type { PlaybookTask } from './types.ts'

const KEYS = ['loop_var', 'index_var', 'label']
const LATER = new Set(['pause', 'extended', 'extended_allitems', 'break_when'])

/** A list, or a template that gives one. */
export function readLoop(section: Section): Raw | undefined {
  const raw = section.raw('loop')
  if (raw === undefined || raw instanceof TemplateText || Array.isArray(raw)) return raw
  const hint = isRawMap(raw) ? 'for a mapping: loop: "{{ name | dict2items }}"' : 'for a variable: loop: "{{ name }}"'
  return section.problem('loop', `expected a list, got ${kindOfRaw(raw)}`, hint)
}

export function readLoopControl(section: Section): PlaybookTask['loopControl'] {
  const entry = section.entries.get('loop_control')
  if (!entry) return undefined
  const { problems } = section.document
  if (!isMap(entry.node)) return section.problem('loop_control', 'expected a mapping', `with ${KEYS.join(', ')}`)
  if (!section.has('loop')) return section.problem('loop_control', 'the task has no `loop`')
  const control = new Section(section.document, entry.node)
  for (const { key, keyOrigin } of control.entries.values()) {
    if (LATER.has(key)) problems.add(keyOrigin, notSupportedYet(key))
    else if (!KEYS.includes(key)) problems.add(keyOrigin, `"${key}" is no key of loop_control`, didYouMean(key, KEYS))
  }
  return {
    loopVar: variable(control, 'loop_var') ?? 'item',
    indexVar: variable(control, 'index_var'),
    label: control.raw('label'),
  }
}

function variable(control: Section, key: string): string | undefined {
  const raw = control.raw(key)
  if (raw === undefined || (typeof raw === 'string' && isIdentifier(raw))) return raw
  return control.problem(key, `expected the name of a variable, got ${kindOfRaw(raw)}`)
}
