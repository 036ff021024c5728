import { type Document, parseDocument } from 'yaml'

export const YAML_OPTIONS = {
  version: '1.1',
  schema: 'failsafe',
  prettyErrors: false,
  // Not 'silent': that would drop the error for a second document, and the document with it.
  logLevel: 'error',
  uniqueKeys: true,
} as const

/** One YAML document with positions; scalars are left as text, to be typed by `plainValue`. Errors are in `document.errors`. */
export function parseYaml(text: string): Document.Parsed {
  return parseDocument(text, YAML_OPTIONS)
}

/** A fault of the YAML text in words: the cause, and what to do where the parser's words don't tell. */
export function explain(
  code: string,
  message: string,
): { readonly message: string; readonly hint: string | undefined } {
  const first = (message.split('\n')[0] ?? '').replace('; please use YAML.parseAllDocuments()', '')
  return { message: `YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`, hint: HINTS[code] }
}

const HINTS: { readonly [code: string]: string } = {
  DUPLICATE_KEY: 'the first value would be lost silently: remove one of them',
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'one file holds one document: remove the "---" in its middle',
  BLOCK_AS_IMPLICIT_KEY: 'check the indentation, and put a text that holds ": " into quotes',
  MULTILINE_IMPLICIT_KEY: 'check the indentation',
  BAD_SCALAR_START: 'put the text into quotes',
  BAD_DQ_ESCAPE: 'double the backslash, or use single quotes',
}
