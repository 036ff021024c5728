import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import type { Task } from '../../src/tasks/contract.ts'
import { createRegistry } from '../../src/tasks/registry.ts'

const registry = createRegistry()

test('every task is there under its name, the generic ones also under the name of their collection', () => {
  expect(registry.names()).toEqual(
    expect.arrayContaining([
      'assert',
      'boot_entry',
      'command',
      'copy',
      'copy_boot',
      'debug',
      'fail',
      'file',
      'gather_modules',
      'install_rpms',
      'ping',
      'preflight',
      'run_dracut',
      'set_fact',
      'setup',
      'shell',
      'upload_dracut_modules',
    ]),
  )
  expect(registry.get('ansible.builtin.copy')).toBe(registry.get('copy'))
  expect(registry.get('ansible.builtin.preflight')).toBeUndefined()
  expect(registry.names()).not.toContain('ansible.builtin.copy')
  expect(registry.get('toString')).toBeUndefined()
})

test.each(registry.names())('%s is a whole task', (name) => {
  const task = registry.get(name) as Task
  expect(task.name).toBe(name)
  expect(task.summary).toMatch(/[\w`]\.$/)
  expect(task.compile && task.apply).toBeUndefined()
  const example = parseDocument(task.example)
  expect(example.errors).toEqual([])
  const [step] = [example.toJS() as object | object[]].flat()
  expect(Object.keys(step ?? {})).toContain(name)
})

test('a plugin cannot take a name that is taken', () => {
  expect(() => createRegistry([registry.get('copy') as Task])).toThrow('there are two tasks named "copy"')
})
