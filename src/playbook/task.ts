import { isMap } from 'yaml'
import { didYouMean } from '../diagnostics/suggest.ts'
import { TemplateText } from '../expression/values.ts'
import { readBecome } from './become.ts'
import { readConditions } from './conditions.ts'
import type { PlaybookDocument } from './document.ts'
import { isWithLoop, notSupportedYet, TASK_KEYS, UNSUPPORTED_TASK_KEYS } from './keys.ts'
import { readLoop, readLoopControl } from './loop.ts'
import { readTags } from './play-fields.ts'
import { type Entry, isIdentifier, kindOfRaw, Section } from './section.ts'
import { checkArgs } from './static-args.ts'
import { readTaskArgs } from './task-args.ts'
import type { CatalogTask, PlaybookTask, TaskCatalog } from './types.ts'

/** One entry of `tasks`; undefined when it is no task at all. Problems are collected. */
export function readTask(
  document: PlaybookDocument,
  node: unknown,
  catalog: TaskCatalog,
  playTags: readonly string[],
): PlaybookTask | undefined {
  const target = document.target(node)
  if (!isMap(target)) {
    const got = document.problems.attempt(() => kindOfRaw(document.raw(target)))
    if (got)
      document.problems.add(
        document.origin(target),
        `expected a task, got ${got}`,
        'a task is a mapping: `- name: ...`, then the task itself',
      )
    return undefined
  }
  const section = new Section(document, target)
  const own = ownTask(section, catalog)
  const conditions = {
    when: readConditions(section, 'when'),
    changedWhen: readConditions(section, 'changed_when'),
    failedWhen: readConditions(section, 'failed_when'),
  }
  const common = {
    ...conditions,
    ...readBecome(section),
    origin: section.origin,
    name: section.text('name'),
    register: readRegister(section),
    loop: readLoop(section),
    loopControl: readLoopControl(section),
    tags: [...new Set([...playTags, ...readTags(section)])],
    vars: section.variables('vars'),
    checkMode: section.flag('check_mode'),
    diff: section.flag('diff'),
    ignoreErrors: section.flag('ignore_errors'),
    noLog: section.flag('no_log'),
    runOnce: section.flag('run_once'),
    delegateTo: section.text('delegate_to'),
  }
  if (!own) return undefined
  const { task, entry } = own
  const args = document.problems.attempt(() => readTaskArgs(document, task, entry, section.entries.get('args')))
  if (!args) return undefined
  const checked = checkArgs(task, args, entry.keyOrigin)
  document.problems.addAll(checked.diagnostics)
  return { ...common, task: task.name, taskOrigin: entry.keyOrigin, args: checked.values, argOrigins: args.origins }
}

/** `ansible.builtin.copy` is `copy`. */
function plainName(key: string): string {
  return key.replace(/^ansible\.(?:builtin|legacy)\./, '')
}

/** The one key that names a task plugin. */
function ownTask(section: Section, catalog: TaskCatalog): { task: CatalogTask; entry: Entry } | undefined {
  const { problems } = section.document
  const found: { task: CatalogTask; entry: Entry }[] = []
  const unknown: Entry[] = []
  let complained = false
  for (const entry of section.entries.values()) {
    if (Object.hasOwn(TASK_KEYS, entry.key)) continue
    const task = catalog.get(plainName(entry.key))
    if (task) found.push({ task, entry })
    else if (complainUnsupported(section, entry)) complained = true
    else unknown.push(entry)
  }
  const [first, second] = found
  for (const { key, keyOrigin } of unknown) {
    complained = true
    if (first) problems.add(keyOrigin, `"${key}" is no key of a task`, didYouMean(key, Object.keys(TASK_KEYS)))
    else
      problems.add(
        keyOrigin,
        `unknown task "${key}"`,
        didYouMean(plainName(key), [...catalog.names(), ...Object.keys(TASK_KEYS)]),
      )
  }
  if (second) {
    problems.add(
      second.entry.keyOrigin,
      `one task can't be both "${first?.entry.key}" and "${second.entry.key}"`,
      'make two tasks of it',
    )
    return undefined
  }
  if (!first && !complained) {
    problems.add(
      section.origin,
      'the task does not say what to do',
      `add one of: ${[...catalog.names()].sort().join(', ')}`,
    )
  }
  return first
}

function complainUnsupported(section: Section, { key, keyOrigin }: Entry): boolean {
  const { problems } = section.document
  const name = plainName(key)
  if (isWithLoop(key))
    problems.add(keyOrigin, `"${key}" is not supported`, 'write `loop:` with a list, or a template that gives one')
  else if (UNSUPPORTED_TASK_KEYS.has(name))
    problems.add(keyOrigin, notSupportedYet(key), UNSUPPORTED_TASK_KEYS.get(name))
  else return false
  return true
}

function readRegister(section: Section): string | undefined {
  const raw = section.raw('register')
  if (raw === undefined) return undefined
  if (typeof raw === 'string' && isIdentifier(raw)) return raw
  const got = raw instanceof TemplateText ? 'a template' : kindOfRaw(raw)
  return section.problem(
    'register',
    `expected the name of a variable, got ${got}`,
    'letters, digits and _ only, not starting with a digit',
  )
}
