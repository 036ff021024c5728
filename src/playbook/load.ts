import { dirname, resolve } from 'node:path'
import { isMap, isSeq } from 'yaml'
import { Origin } from '../diagnostics/source.ts'
import { PlaybookDocument } from './document.ts'
import { readPlay } from './play.ts'
import { Problems } from './problems.ts'
import { disk, type PlaybookIo, readText } from './read-text.ts'
import { isEmpty } from './section.ts'
import type { Playbook, TaskCatalog } from './types.ts'

/**
 * Reads and validates a playbook. Nothing is rendered: values that hold templates are checked once they are (see `validateArgs`).
 * Throws one UserError with everything that is wrong, in the order of the file.
 */
export async function loadPlaybook(path: string, catalog: TaskCatalog, io: PlaybookIo = disk): Promise<Playbook> {
  const absolute = resolve(path)
  const source = await readText(absolute, io)
  const problems = new Problems()
  const document = new PlaybookDocument(source, problems)
  problems.settle()
  const { top } = document
  const plays = isSeq(top) ? top.items.flatMap((item) => readPlay(document, item, catalog) ?? []) : []
  if (isEmpty(top))
    problems.add(new Origin(source, 0), 'the playbook is empty', 'a playbook is a list of plays: `- hosts: all`')
  else if (isSeq(top) && top.items.length === 0) problems.add(document.origin(top), 'the playbook has no plays')
  else if (!isSeq(top)) {
    const hint = isMap(top)
      ? 'a play begins with a dash: `- hosts: all`'
      : 'a playbook is a list of plays: `- hosts: all`'
    problems.add(document.origin(top), 'a playbook must be a list of plays', hint)
  }
  problems.settle()
  return { path: absolute, dir: dirname(absolute), plays, warnings: problems.warnings }
}
