import { isCollection, isMap, isScalar, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Diagnostic, UserError } from '../../diagnostics/diagnostic.ts'
import { Origin, SourceFile } from '../../diagnostics/source.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { ExpressionText } from '../../expression/values.ts'
import { type RequestFile, requestFile } from './request.ts'

export interface ParsedRequest {
  readonly request: Omit<RequestFile, 'when'>
  readonly when: ExpressionText | undefined
}

/**
 * Reads a request file as data: no template, no tag, no alias bomb. `label` is what errors call it, such as
 * `host:/etc/upgrade-push/requests.d/10-raid.yml`.
 *
 * @throws UserError with every fault, each with its place.
 */
export function parseRequest(label: string, text: string): ParsedRequest {
  const source = new SourceFile(label, text)
  const document = parseDocument(text, { prettyErrors: false, version: '1.2' })
  const faults = [...document.errors, ...document.warnings].map(
    ({ message, pos }): Diagnostic => ({ message, origin: new Origin(source, pos[0], pos[1]) }),
  )
  if (faults.length > 0) throw new UserError(faults)
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 20 }) ?? {}
  } catch (error) {
    throw new UserError({ message: (error as Error).message, origin: new Origin(source, 0) })
  }
  const parsed = requestFile.safeParse(data)
  if (!parsed.success)
    throw new UserError(parsed.error.issues.flatMap((issue) => diagnosticsOf(issue, document, source)))
  const { when, ...request } = parsed.data
  return {
    request,
    when: when === undefined ? undefined : new ExpressionText(when, originOf(['when'], document, source)),
  }
}

type Issue = z.core.$ZodIssue
type Document = ReturnType<typeof parseDocument>

function diagnosticsOf(issue: Issue, document: Document, source: SourceFile): Diagnostic[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = issue.path.length === 0 ? Object.keys(requestFile.shape) : []
    return issue.keys.map((key) => ({
      message: `unknown key "${key}"`,
      origin: keyOrigin(issue.path, key, document, source),
      hint: didYouMean(key, allowed),
    }))
  }
  const where = issue.path.length === 0 ? 'a request' : issue.path.join('.')
  return [{ message: `${where}: ${issue.message}`, origin: originOf(issue.path, document, source) }]
}

/** Where a key itself stands. */
function keyOrigin(path: readonly PropertyKey[], key: string, document: Document, source: SourceFile): Origin {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined
  const range = isScalar(pair?.key) ? pair.key.range : undefined
  return range ? new Origin(source, range[0], range[1]) : originOf(path, document, source)
}

/** The node at a path, or the nearest one above it. A scalar's own range, so that an expression's place is exact. */
function originOf(path: readonly PropertyKey[], document: Document, source: SourceFile): Origin {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined
    if (node && typeof node === 'object' && node.range) {
      // The quotes are no part of what they quote.
      const quoted = /["']/.test(source.text[node.range[0]] ?? '') ? 1 : 0
      return new Origin(source, node.range[0] + quoted, node.range[1] - quoted)
    }
  }
  const whole = document.contents?.range
  const start = whole?.[0] ?? 0
  return new Origin(source, start, isCollection(document.contents) ? start : (whole?.[1] ?? start))
}
