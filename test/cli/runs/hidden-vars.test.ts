import { expect, test } from 'vitest'
import { runOptionsOf } from '../../../src/cli/run-arguments.ts'
import { revealed } from '../../../src/cli/runs/hidden-vars.ts'
import { MASK, recordedArgs } from '../../../src/cli/runs/recorded-args.ts'

test.each([
  [['-i', 'h', 'p.yml', '-e', 'a=1'], ['-i', 'h', 'p.yml', '-e', 'a=1'], []],
  [['-e', "a=1 password='x y' b='2 3'", 'p.yml'], ['-e', "a=1 b='2 3'", 'p.yml'], ['password']],
  [
    ['-e', 'password=x', 'p.yml', '-De', 'token=y'],
    ['-e', '{}', 'p.yml', '-De', '{}'],
    ['password', 'token'],
  ],
  [['--extra-vars={"token":"x"}'], ['--extra-vars={}'], ['token']],
  [['--extra-vars={"a":1,"deep":{"token":"x"}}'], ['--extra-vars={"a":1}'], ['deep']],
])('of %j, once recorded, %j is left and %j hidden', (typed, args, hidden) => {
  expect(revealed(recordedArgs(typed))).toEqual({ args, hidden, lost: undefined })
})

test('a word that is hidden in part can not be used again', () => {
  expect(revealed(['-l', `web-${MASK}`]).lost).toBe(`web-${MASK}`)
  expect(revealed(['-e', MASK]).lost).toBe(MASK)
})

test('recorded words are the options that they were, and what is added wins', async () => {
  const typed = ['-i', 'h.ini', '-i', 'g.ini', 'p.yml', '-CD', '-f', '4', '--rerun', 'failed', 'ab12', '-vv']
  const options = await runOptionsOf([...typed, '--forks', '8', '--output', 'json'])
  expect(options).toMatchObject({
    inventory: ['h.ini', 'g.ini'],
    playbooks: ['p.yml'],
    check: true,
    diff: true,
    forks: 8,
    rerun: ['failed', 'ab12'],
    output: 'json',
    verbose: 2,
  })
  await expect(runOptionsOf(['p.yml', '--bogus'])).rejects.toThrow('unknown option: --bogus')
})
