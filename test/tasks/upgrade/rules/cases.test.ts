import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { BUILT_IN_RULES } from '../../../../src/tasks/upgrade/rules/table.ts'
import { hostFacts } from '../host-facts.ts'

const directory = fileURLToPath(new URL('../../../cases/upgrade/rules/', import.meta.url))
const covered = new Set<string>()

for (const name of readdirSync(directory).sort()) {
  const { title, host, source, target, targetRelease = target, asks } = parse(readFileSync(directory + name, 'utf8'))
  test(`${name}: ${title}`, () => {
    const input = { host: hostFacts(host), source, target, targetRelease }
    const matching = BUILT_IN_RULES.filter((rule) => rule.when(input))
    const said = Object.fromEntries(matching.map((rule) => [rule.name, rule.asks(input)]))
    for (const rule of matching) covered.add(rule.name)
    // Every host has the base; only the cases about it spell it out, with all else that such a host calls for.
    if (!asks.base) delete said.base
    if (!asks.base && !asks['naming-scheme']) delete said['naming-scheme']
    expect(said).toEqual(asks)
  })
}

test('each rule has a case, and says what it is for', () => {
  expect(BUILT_IN_RULES.filter(({ name }) => !covered.has(name)).map(({ name }) => name)).toEqual([])
  expect(BUILT_IN_RULES.every(({ about }) => /^(On|Where) .*\.$/.test(about))).toBe(true)
})
