import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readHostNames } from '../../src/inventory/host-name.ts'
import { typeIniValue } from '../../src/inventory/ini-value.ts'
import { selectHosts } from '../../src/inventory/select.ts'
import { Warnings } from '../../src/inventory/warnings.ts'
import { errorOf, fromIni, fromYaml, located, plain } from './support.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/inventory.md'), 'utf8')

/** Cells of the table that follows `<!-- run: name -->`, without backquotes. */
function table(name: string): string[][] {
  const lines = page
    .slice(page.indexOf(`<!-- run: ${name} -->`))
    .split('\n')
    .slice(3)
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  )
  return rows.map((row) =>
    row
      .slice(2, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replace(/^`|`$/g, '').replaceAll('\\|', '|')),
  )
}

function result(work: () => readonly string[], expected: string): void {
  if (expected.startsWith('error: ')) expect(errorOf(work)).toContain(expected.slice('error: '.length))
  else expect(work().join(' ')).toBe(expected)
}

describe('the tables of docs/inventory.md', () => {
  test.each(table('hosts'))('hosts: %s', (text = '', expected = '') => {
    result(() => readHostNames(located(text)).names, expected)
  })

  test.each(table('values'))('values: %s', (text = '', value = '', warning = '') => {
    const warnings = new Warnings()
    expect(plain(typeIniValue(located(text), 'vars', warnings))).toEqual(JSON.parse(value))
    if (warning === '') expect(warnings.list()).toEqual([])
    else expect(warnings.list().join()).toContain(warning)
  })

  test.each(table('yaml'))('yaml: %s', (text = '', value = '') => {
    const vars = fromYaml(`all:\n  hosts:\n    h:\n      x: ${text}`).hosts.get('h')?.vars
    expect(plain(vars)).toEqual({ x: JSON.parse(value) })
  })

  const inventory = fromIni('[web]\nweb[1:5]\n[db]\ndb1\ndb2\nweb1\n[dc1]\nweb1\nweb2\ndb1\n[dc2]\nweb[3:5]\ndb2')
  test.each(table('patterns'))('patterns: %s', (pattern = '', expected = '') => {
    result(() => selectHosts(pattern, inventory).hosts, expected)
  })

  test('none of them is empty', () => {
    for (const name of ['hosts', 'values', 'yaml', 'patterns']) expect(table(name).length, name).toBeGreaterThan(8)
  })
})

test('its INI and YAML examples load', () => {
  const example = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''
  const ini = fromIni(example('ini'))
  expect(ini.hosts.size).toBe(24)
  expect(ini.warnings).toEqual([])
  expect(fromYaml(example('yaml')).hosts.size).toBe(21)
})
