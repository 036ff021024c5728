import { isSeq } from 'yaml'
import { UserError } from '../diagnostics/diagnostic.ts'
import { checkTemplates } from '../expression/index.ts'
import { isTemplate, type Raw, TemplateText } from '../expression/values.ts'
import { isEmpty, kindOfRaw, type Section } from './section.ts'
import type { Play, SerialSize, Text } from './types.ts'

/** `hosts`: a pattern or a list of patterns. */
export function readHosts(section: Section): Text | undefined {
  if (!section.has('hosts')) {
    section.document.problems.add(
      section.origin,
      'the play has no `hosts`',
      'say which hosts or groups it is for, such as `hosts: all`',
    )
    return undefined
  }
  const raw = section.raw('hosts')
  if (raw === undefined) return undefined
  const patterns = Array.isArray(raw) ? (raw as readonly Raw[]) : [raw]
  if (raw === null || patterns.length === 0 || patterns.some((part) => part === null || part === '' || part === ',')) {
    return section.problem('hosts', 'is empty', 'say which hosts or groups the play is for, such as `hosts: all`')
  }
  const [first] = patterns
  if (patterns.length === 1 && (typeof first === 'string' || first instanceof TemplateText)) return first
  if (patterns.some((part) => part instanceof TemplateText)) {
    return section.problem(
      'hosts',
      'a template can not be part of a list',
      'write one template that gives the whole pattern',
    )
  }
  const wrong = patterns.find((part) => typeof part !== 'string')
  if (wrong !== undefined) return section.problem('hosts', `expected a pattern, got ${kindOfRaw(wrong)}`)
  return patterns.join(',')
}

/** `serial`: a number of hosts, "N%", or a list of these. */
export function readSerial(section: Section): readonly SerialSize[] {
  const raw = section.raw('serial')
  if (raw === undefined || raw === null) return []
  const sizes = Array.isArray(raw) ? (raw as readonly Raw[]) : [raw]
  if (sizes.length === 0) section.problem('serial', 'the list is empty')
  return sizes.flatMap((size) => {
    if (typeof size === 'number' && Number.isInteger(size)) return [size]
    if (typeof size === 'string' && /^-?\d+$/.test(size)) return [Number(size)]
    const percent = typeof size === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(size)?.[1] : undefined
    if (percent !== undefined && Number(percent) <= 100) return [size as SerialSize]
    section.problem('serial', `expected a number of hosts or a percentage such as "25%", got ${kindOfRaw(size)}`)
    return []
  })
}

/** 0 to 100; a `%` may follow. */
export function readPercentage(section: Section, key: string): number | undefined {
  const raw = section.raw(key)
  if (raw === undefined || raw === null) return undefined
  const value = typeof raw === 'string' ? Number(/^(\d+(?:\.\d+)?)%?$/.exec(raw)?.[1] ?? Number.NaN) : raw
  if (typeof value === 'number' && value >= 0 && value <= 100) return value
  return section.problem(key, `expected a number from 0 to 100, got ${kindOfRaw(raw)}`)
}

/** A list of texts, or one text with commas. */
export function readTags(section: Section): readonly string[] {
  const raw = section.raw('tags')
  if (raw === undefined || raw === null) return []
  const tags = (Array.isArray(raw) ? (raw as readonly Raw[]) : [raw]).flatMap((tag) => {
    if (typeof tag === 'string') return tag.split(',').map((part) => part.trim())
    if (typeof tag === 'number') return [String(tag)]
    section.problem(
      'tags',
      `expected a tag, got ${kindOfRaw(tag)}`,
      tag instanceof TemplateText ? 'tags are chosen before variables are known' : undefined,
    )
    return []
  })
  if (tags.some((tag) => tag === '')) section.problem('tags', 'a tag is empty')
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

/** Each entry is a file, or a list of files of which the first that exists is taken. */
export function readVarsFiles(section: Section): Play['varsFiles'] {
  const entry = section.entries.get('vars_files')
  if (!entry || isEmpty(entry.node)) return []
  const { document } = section
  const nodes = isSeq(entry.node) ? entry.node.items : [entry.node]
  return nodes.flatMap((node) => {
    const origin = document.origin(document.target(node))
    const candidates = document.problems.attempt(() => {
      const raw = document.raw(node)
      const list = Array.isArray(raw) ? (raw as readonly Raw[]) : [raw]
      const faults = checkTemplates(raw)
      if (faults.length > 0) throw new UserError(faults)
      if (list.length === 0 || list.some((part) => !isFileName(part))) {
        throw new UserError({ message: `vars_files: expected the name of a file, got ${kindOfRaw(raw)}`, origin })
      }
      return list as readonly Text[]
    })
    return candidates ? [{ origin, candidates }] : []
  })
}

function isFileName(raw: Raw): boolean {
  return raw instanceof TemplateText || (typeof raw === 'string' && raw !== '' && !isTemplate(raw))
}
