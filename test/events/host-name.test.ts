import { expect, test } from 'vitest'
import { withoutHostName } from '../../src/events/host-name.ts'

test("a host's own name is taken out of all texts, and the value stays itself where it is not in one", () => {
  const value = { path: '/x/out.web1', lines: ['web1:', 'web12', 'old-web1'], n: 1 }
  const expected = { path: '/x/out.<host>', lines: ['<host>:', 'web12', 'old-<host>'], n: 1 }
  expect(withoutHostName(value, 'web1')).toEqual(expected)
  expect(withoutHostName(value, 'web7')).toBe(value)
  expect(withoutHostName(undefined, 'web1')).toBeUndefined()
})

test('a name that could be any word stays', () => {
  expect(withoutHostName('the web of things', 'web')).toBe('the web of things')
})
