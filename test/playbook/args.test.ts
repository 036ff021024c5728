import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/diagnostics/diagnostic.ts'
import { OMIT } from '../../src/expression/index.ts'
import { validateArgs } from '../../src/playbook/args.ts'
import type { PlaybookTask } from '../../src/playbook/types.ts'
import { taskNamed, tasksOf } from './support.ts'

async function validate(lines: string, rendered: Record<string, unknown>): Promise<unknown> {
  const [task] = (await tasksOf(lines)) as [PlaybookTask]
  return validateArgs(taskNamed(task.task), rendered, task.argOrigins, task.taskOrigin)
}

async function complaint(lines: string, rendered: Record<string, unknown>): Promise<string> {
  try {
    await validate(lines, rendered)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('the arguments were accepted')
}

describe('rendered arguments', () => {
  test('are parsed, with defaults', async () => {
    expect(await validate('- file: {path: "{{ p }}"}', { path: '/x' })).toEqual({ path: '/x', recurse: false })
  })

  test('what is omitted is not there', async () => {
    expect(await validate('- file: {path: /x, state: "{{ omit }}"}', { path: '/x', state: OMIT })).toEqual({
      path: '/x',
      recurse: false,
    })
  })

  test('a wrong type is shown at the argument, without the value: it may be a secret', async () => {
    const found = await complaint('- file: {path: /x, depth: "{{ d }}"}', { path: '/x', depth: 'hunter2' })
    expect(found).toBe(
      [
        '/play/site.yml:3:32: depth: expected a number, got a text',
        ' 3 |     - file: {path: /x, depth: "{{ d }}"}',
        '   |                                ^^^^^^^',
        '   = convert with `| int`, or drop the quotes',
      ].join('\n'),
    )
  })

  test('below an argument, the innermost place that is known', async () => {
    const found = await complaint('- install:\n    packages:\n      - name: ok\n      - "{{ p }}"', {
      packages: [{ name: 'ok' }, { name: 1 }],
    })
    expect(found).toContain('/play/site.yml:6:14: packages[1].name: expected a text, got a number')
  })

  test('several at once', async () => {
    const found = await complaint('- file: {path: "{{ p }}", state: "{{ s }}"}', { path: null, state: 'x' })
    expect(found).toContain('path: expected a text, got nothing')
    expect(found).toContain('state: expected one of: directory, absent, touch, got the text "x"')
  })
})
