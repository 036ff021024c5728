import { expect, test } from 'vitest'
import { secretTexts } from '../../src/cli/secret-vars.ts'

test.each([
  [{ db_password: 'hunter2', release: '9' }, ['hunter2']],
  [{ v: { api_token: 'abc123', name: 'n' } }, ['abc123']],
  [{ secrets: { a: 'one', deep: ['two', { b: 3456 }] } }, ['one', 'two', '3456']],
  [{ tokens: [{ name: 'x' }], list: [{ pass: 'inner' }] }, ['x', 'inner']],
  [{ upgrade_ssh_key: '/root/k.pub', gpgkey: 'file:///k', key: 'ssh-ed25519 AAAA', api_key: 'k123' }, ['k123']],
  [{ password: true, token: 'none', pass: null }, []],
])('of %j the secrets are %j', (vars, texts) => {
  expect(secretTexts(vars)).toEqual(texts)
})
