import { expect, test } from 'vitest'
import { runOptionsOf } from '../../src/cli/run-arguments.ts'

const options = (...more: string[]) => runOptionsOf(['-i', 'web1,', 'p.yml', ...more])

test('of a number that is given twice the last one counts, whatever it is', async () => {
  expect((await options('--forks', '7', '--forks', '1')).forks).toBe(1)
  expect((await options('--rehearse', '--seed', '1', '--seed', '1')).seed).toBe(1)
  expect((await options()).forks).toBe(32)
})

test.each(['0', '2001', '1.5', 'many', '-3', '1e3'])('--forks %s is refused', async (given) => {
  await expect(options(`--forks=${given}`)).rejects.toThrow('--forks: must be a whole number from 1 to 2000')
})
