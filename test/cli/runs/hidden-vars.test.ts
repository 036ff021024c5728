import { expect, test } from 'vitest'
import { runOptionsOf } from '../../../src/cli/run-arguments.ts'
import { givenAgain } from '../../../src/cli/runs/give-again.ts'
import { filled } from '../../../src/cli/runs/hidden-places.ts'
import { revealed } from '../../../src/cli/runs/hidden-vars.ts'
import { recordedArgs } from '../../../src/cli/runs/recorded-args.ts'
import { MASK } from '../../../src/events/redactor.ts'

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
])('of %j, once recorded, %j is left and %j hidden', (typed, args, names) => {
  const { hidden, ...rest } = revealed(recordedArgs(typed))
  expect({ ...rest, names: hidden.map(({ name }) => name) }).toEqual({ args, names, lost: undefined })
})

test.each([
  [{ api_token: MASK }, ['v.api_token'], { api_token: 0 }],
  [{ url: 'x', hosts: [{ token: MASK, port: 1 }, MASK] }, ['v.hosts[0].token', 'v.hosts[1]'], undefined],
  [{ url: `http://a:${MASK}@b`, n: null }, ['v.url'], { url: 0, n: null }],
  [MASK, ['v'], 0],
  [{ names: { [MASK]: 1 } }, ['v.names'], { names: 0 }],
])('of %j only what was hidden is given again: %j', async (recorded, places, whole) => {
  const asked: string[] = []
  const value = await filled(recorded, 'v', async (place) => asked.push(place) - 1)
  expect(asked).toEqual(places)
  expect(value).toEqual(whole ?? { url: 'x', hosts: [{ token: 0, port: 1 }, 1] })
})

test.each([
  [['-e', '{"v":{"api_token":"x"}}'], 'v.api_token', `-e '{"v":{"api_token":"..."}}'`],
  [
    ['-e', '{"v":{"url":"u","keys":["x"],"all":[{"token":"y"}]}}'],
    'v.keys, v.all[0].token',
    `-e '{"v":{"url":"u","keys":"...","all":[{"token":"..."}]}}'`,
  ],
  [['-e', 'api_token=x'], 'api_token', '-e api_token=...'],
])('%j: without a terminal, what is missing is named, with words that give it', async (typed, places, words) => {
  await expect(givenAgain('ab12', recordedArgs(typed), [])).rejects.toThrow(
    `run ab12 was given ${places}, which no journal keeps\n  give it again: upgrade-push resume ab12 ${words}, or run`,
  )
})

test("a word that is hidden in part can't be used again", () => {
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
