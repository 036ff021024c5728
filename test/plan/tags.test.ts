import { describe, expect, it } from 'vitest'
import { runsWithTags } from '../../src/plan/tags.ts'

const TASKS: Record<string, string[]> = { a: ['x'], b: [], c: ['always'], d: ['never', 'y'], e: ['p', 'q'] }

function run(only: string[], skip: string[] = []): string {
  return Object.keys(TASKS)
    .filter((name) => runsWithTags(TASKS[name] ?? [], { only, skip }))
    .join('')
}

// The matrix that ansible-core shows for these five tasks.
describe('tag selection', () => {
  it.each<[string[], string[], string]>([
    [[], [], 'abce'],
    [['x'], [], 'ac'],
    [['y'], [], 'cd'],
    [['never'], [], 'cd'],
    [['all'], [], 'abce'],
    [['all', 'never'], [], 'abcde'],
    [['tagged'], [], 'ace'],
    [['untagged'], [], 'bc'],
    [[], ['x'], 'bce'],
    [[], ['always'], 'abe'],
    [[], ['all'], 'c'],
    [[], ['tagged'], 'b'],
    [['x'], ['always'], 'a'],
    [['unknown'], [], 'c'],
  ])('--tags %j --skip-tags %j runs %s', (only, skip, expected) => expect(run(only, skip)).toBe(expected))
})
