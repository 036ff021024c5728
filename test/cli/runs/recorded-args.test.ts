import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinWords, splitWords } from '../../../src/cli/runs/extra-args.ts'
import { recordedArgs } from '../../../src/cli/runs/recorded-args.ts'
import { MASK } from '../../../src/events/redactor.ts'

test.each([
  [
    ['-i', 'hosts.ini', 'play.yml', '--check'],
    ['-i', 'hosts.ini', 'play.yml', '--check'],
  ],
  [
    ['-e', 'release=9 db_password=hunter2 x=1'],
    ['-e', `release=9 db_password=${MASK} x=1`],
  ],
  [
    ['-e', "ansible_become_pass='two words'"],
    ['-e', `ansible_become_pass=${MASK}`],
  ],
  [['--extra-vars=api_token=abcd'], [`--extra-vars=api_token=${MASK}`]],
  [
    ['-De', 'mySecret=abcd'],
    ['-De', `mySecret=${MASK}`],
  ],
  [['-e=ssh_key=abcd'], [`-e=ssh_key=${MASK}`]],
  [['-e{"a":{"password":"x"},"b":1}'], [`-e{"a":{"password":"${MASK}"},"b":1}`]],
  [
    ['-e', 'b: 1'],
    ['-e', MASK],
  ],
  [
    ['-e', '{"list":[{"token":["a","b"]}]}'],
    ['-e', `{"list":[{"token":"${MASK}"}]}`],
  ],
  [
    ['-e', '{"plain": 1}'],
    ['-e', '{"plain": 1}'],
  ],
  [
    ['-e', '@secrets.yml'],
    ['-e', '@secrets.yml'],
  ],
  [
    ['-e', '{broken'],
    ['-e', MASK],
  ],
  [
    ['--', '-e', 'password=x.yml'],
    ['--', '-e', 'password=x.yml'],
  ],
])('%j is recorded as %j', (typed, recorded) => expect(recordedArgs(typed)).toEqual(recorded))

const secretName = fc.constantFrom('password', 'db_pass', 'API_TOKEN', 'client_secret', 'upgrade_ssh_key')
const secret = fc.stringMatching(/^[A-Za-z0-9]{6,20}Z9q$/)
const other = fc.constantFrom('-i', 'hosts.ini', 'play.yml', '-C', '--limit=web*', '-e', 'x=1')

test('no value of a secret name comes through, in whatever form it was given', () => {
  const form = fc.constantFrom<((name: string, value: string) => string[])[]>(
    (name, value) => ['-e', `${name}=${value}`],
    (name, value) => ['-e', `a=1 ${name}="${value} ${value}" b=2`],
    (name, value) => [`--extra-vars=${name}='${value}'`],
    (name, value) => ['-Ce', JSON.stringify({ deep: [{ [name]: { any: value } }] })],
    (name, value) => ['-e', `{${name}: ${value}}`],
    (name, value) => [`-e={"${name}": "${value}"}`],
    (name, value) => ['-e', `${name}=${value} "`],
  )
  fc.assert(
    fc.property(fc.array(other), secretName, secret, form, (around, name, value, make) => {
      const args = [...around.filter((word) => word !== '-e' && word !== 'x=1'), ...make(name, value)]
      expect(recordedArgs(args).join(' ')).not.toContain(value)
      expect(recordedArgs(recordedArgs(args))).toEqual(recordedArgs(args))
    }),
  )
})

test('words come back as they were split', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(other, fc.string())), (args) => {
      expect(joinWords(splitWords(args))).toEqual(args)
    }),
  )
})
