import { isMap, isSeq } from 'yaml'
import { didYouMean } from '../diagnostics/suggest.ts'
import { readBecome } from './become.ts'
import type { PlaybookDocument } from './document.ts'
import { notSupportedYet, PLAY_KEYS, UNSUPPORTED_PLAY_KEYS } from './keys.ts'
import { readHosts, readPercentage, readSerial, readTags, readVarsFiles } from './play-fields.ts'
import { isEmpty, kindOfRaw, Section } from './section.ts'
import { readTask } from './task.ts'
import type { Play, PlaybookTask, TaskCatalog } from './types.ts'

/** One entry of a playbook. Problems are collected; the result is complete only when there are none. */
export function readPlay(document: PlaybookDocument, node: unknown, catalog: TaskCatalog): Play | undefined {
  const { problems } = document
  const target = document.target(node)
  if (!isMap(target)) {
    const got = problems.attempt(() => kindOfRaw(document.raw(target)))
    if (got)
      problems.add(
        document.origin(target),
        `expected a play, got ${got}`,
        'a play is a mapping with `hosts` and `tasks`',
      )
    return undefined
  }
  const section = new Section(document, target)
  checkKeys(section, catalog)
  const hosts = readHosts(section)
  const tags = readTags(section)
  const anyErrorsFatal = section.flag('any_errors_fatal')
  if (anyErrorsFatal !== undefined && typeof anyErrorsFatal !== 'boolean') {
    section.problem('any_errors_fatal', `expected true or false, got ${kindOfRaw(anyErrorsFatal)}`)
  }
  const play = {
    ...readBecome(section),
    origin: section.origin,
    name: section.text('name'),
    hostsOrigin: section.place('hosts'),
    vars: section.variables('vars'),
    varsFiles: readVarsFiles(section),
    gatherFacts: section.flag('gather_facts'),
    serial: readSerial(section),
    maxFailPercentage: readPercentage(section, 'max_fail_percentage'),
    anyErrorsFatal: anyErrorsFatal === true,
    tags,
    remoteUser: section.text('remote_user'),
    checkMode: section.flag('check_mode'),
    diff: section.flag('diff'),
    ignoreErrors: section.flag('ignore_errors'),
    noLog: section.flag('no_log'),
    tasks: readTasks(section, catalog, tags),
  }
  return hosts === undefined ? undefined : { ...play, hosts }
}

function checkKeys(section: Section, catalog: TaskCatalog): void {
  const { problems } = section.document
  for (const { key, keyOrigin } of section.entries.values()) {
    if (Object.hasOwn(PLAY_KEYS, key)) continue
    if (UNSUPPORTED_PLAY_KEYS.has(key)) problems.add(keyOrigin, notSupportedYet(key), UNSUPPORTED_PLAY_KEYS.get(key))
    else if (catalog.get(key))
      problems.add(keyOrigin, `"${key}" is a task, not a key of a play`, 'put it below `tasks:`')
    else problems.add(keyOrigin, `"${key}" is no key of a play`, didYouMean(key, Object.keys(PLAY_KEYS)))
  }
}

/** A play without tasks is fine: it gathers facts. */
function readTasks(section: Section, catalog: TaskCatalog, tags: readonly string[]): readonly PlaybookTask[] {
  const entry = section.entries.get('tasks')
  if (!entry || isEmpty(entry.node)) return []
  if (!isSeq(entry.node)) {
    section.problem('tasks', 'expected a list of tasks', 'each task begins with a dash: `- name: ...`')
    return []
  }
  return entry.node.items.flatMap((item) => readTask(section.document, item, catalog, tags) ?? [])
}
