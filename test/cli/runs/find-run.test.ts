import { expect, test } from 'vitest'
import { findRun } from '../../../src/cli/runs/find-run.ts'

const RUNS = ['20261124T101500Z-0a1b', '20261123T051334Z-ab12', '20261123T051334Z-9f00', '20261120T000000Z-1234']

test.each([
  ['last', RUNS[0]],
  ['20261123T051334Z-ab12', RUNS[1]],
  ['20261124', RUNS[0]],
  ['9f00', RUNS[2]],
])('%s is %s', (word, run) => expect(findRun(word, RUNS)).toBe(run))

test.each([
  [undefined, RUNS, 'no run\n  name one, or write last'],
  ['last', [], 'no run "last": there are none yet'],
  ['20261123', RUNS, '"20261123" fits 2 runs\n  write more of it: 20261123T051334Z-ab12, 20261123T051334Z-9f00'],
  ['20261123T051334Z-ab13', RUNS, 'no run "20261123T051334Z-ab13"\n  did you mean "20261123T051334Z-ab12"?'],
  ['../../etc', RUNS, 'no run "../../etc"\n  upgrade-push runs lists them; last is 20261124T101500Z-0a1b'],
])('%s among %j: %s', (word, runs, message) => expect(() => findRun(word, runs)).toThrow(message))
