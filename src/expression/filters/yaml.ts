import { type Document, parseAllDocuments, stringify } from 'yaml'
import { integer, text } from '../arguments.ts'
import { charge, chargeText } from '../budget.ts'
import type { Call, FilterTable } from '../callable.ts'
import { EvaluationError } from '../errors.ts'
import { truth } from '../python/truth.ts'
import { settle } from '../settle.ts'
import type { Item } from '../undefined.ts'
import type { Value } from '../values.ts'
import { explain, parseYaml, YAML_OPTIONS } from '../yaml/document.ts'
import { YamlReader } from '../yaml/raw.ts'

/** YAML 1.1, as the rest of the world of Ansible reads it. Output is block style with sorted keys. */
export const yaml: FilterTable = {
  to_yaml: { parameters: ['indent', 'sort_keys'], run: write },
  to_nice_yaml: { parameters: ['indent', 'sort_keys'], run: write },
  from_yaml: {
    run(input) {
      const source = readable(input)
      return data(parseYaml(source))
    },
  },
  from_yaml_all: {
    run(input) {
      const source = readable(input)
      return [...parseAllDocuments(source, YAML_OPTIONS)].map((document) => data(document))
    },
  },
}

function readable(input: Value): string {
  const source = text(input)
  charge(Math.ceil(source.length / 4))
  return source
}

function write(input: Item, { args: [indent, sortKeys = true] }: Pick<Call, 'args'>): string {
  const width = integer(indent, 'indent', 2)
  if (width < 1 || width > 16) throw new EvaluationError('indent must be from 1 to 16')
  const result = stringify(settle(input), {
    version: '1.1',
    indent: width,
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: truth(sortKeys),
  })
  chargeText(result.length)
  return result
}

/** What YAML text says, as data: a text in it is never a template. */
function data(document: Document.Parsed): Value {
  const fault = (message: string) => new EvaluationError(`not valid YAML: ${message}`)
  const [error] = document.errors
  if (error) throw fault(explain(error.code, error.message).message.replace(/^YAML: /, ''))
  const reader = new YamlReader(document, { text: (source) => source, fault })
  return reader.value(document.contents) as Value
}
