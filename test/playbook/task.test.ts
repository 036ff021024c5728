import { describe, expect, test } from 'vitest'
import { TemplateText } from '../../src/expression/values.ts'
import { taskComplaints, tasksOf } from './support.ts'

describe('arguments', () => {
  test('key=value: quotes, templates, and types as the task wants them', async () => {
    const [task] = await tasksOf(`- file: path="/a b" state=directory recurse=yes mode=0755 depth={{ d | default(1) }}`)
    expect(task?.args).toEqual({
      path: '/a b',
      state: 'directory',
      recurse: true,
      mode: '0755',
      depth: expect.any(TemplateText),
    })
    expect(task?.argOrigins.state?.column).toBe(31)
  })

  test('free form, with arguments of the task taken out', async () => {
    const tasks = await tasksOf(
      `- command: uname -r\n- command: creates=/x make PREFIX=/y "chdir=no" chdir=/src all\n- command: |\n    a\n    b\n- command:\n    cmd: ls\n- command: ls\n  args: {chdir: /}`,
    )
    expect(tasks.map(({ args }) => args)).toEqual([
      { cmd: 'uname -r' },
      { cmd: 'make PREFIX=/y "chdir=no" all', creates: '/x', chdir: '/src' },
      { cmd: 'a\nb\n' },
      { cmd: 'ls' },
      { cmd: 'ls', chdir: '/' },
    ])
  })

  test('values with templates wait; keys do not', async () => {
    expect(await tasksOf('- file: {path: "{{ p }}", depth: "{{ d }}", state: "{{ s }}"}')).toHaveLength(1)
    expect(await taskComplaints('- file: {path: "{{ p }}", dept: 1}')).toContain('did you mean "depth"?')
    expect(await tasksOf('- install: {packages: "{{ p }}"}')).toHaveLength(1)
    expect(await tasksOf('- install: {packages: [{name: "{{ n }}"}]}')).toHaveLength(1)
    expect(await taskComplaints('- install: {packages: [{name: "{{ n }}", x: 1}]}')).toContain(
      'packages[0] has no key "x"',
    )
  })

  test.each([
    ['- file:', 'file: the argument "path" is missing'],
    ['- file: {path: 5}', 'path: expected a text, got the number 5'],
    ['- file: {path: /x, state: dir}', 'state: expected one of: directory, absent, touch, got the text "dir"'],
    ['- file: {path: /x, state: abset}', 'did you mean "absent"?'],
    ['- file: {path: /x, recurse: "yes"}', 'recurse: expected true or false, got the text "yes"'],
    ['- file: {path: /x, depth: 1.5}', 'depth: expected an integer, got the number 1.5'],
    ['- file: {path: /x, depth: 0}', 'depth: Too small'],
    ['- file: {path: /x, mode: [1]}', 'mode: expected a text or a number, got a list'],
    ['- file: path=/x recurse=perhaps', 'recurse: expected true or false, got the text "perhaps"'],
    ['- file: /x', 'file: expected argument=value'],
    ['- file: "{{ everything }}"', 'a template can give values, not the arguments as a whole'],
    ['- file: [1]', 'file: expected arguments, got a list'],
    ['- file: path=/x path=/y', 'the argument "path" is given twice'],
    ['- file: path=/x\n  args: {path: /y}', 'the argument "path" is given twice'],
    ['- file: path=/x\n  args: /y', 'args: expected a mapping'],
    ['- install: {packages: [{name: 1}]}', 'packages[0].name: expected a text, got the number 1'],
    ['- install: {packages: [x]}', 'packages[0]: expected a mapping, got the text "x"'],
    ['- install: {packages: [{}]}', 'the argument "packages[0].name" is missing'],
    ['- set_fact: {"a b": 1}', 'a b: not a variable name'],
    ['- assert: {that: "a =="}', 'the expression ends too early'],
    ['- assert: {that: [a == 1, "b = 2"]}', 'write `==`'],
    ['- command: {cmd: {{ x }}}', 'a template must be in quotes'],
  ])('%s: %s', async (lines, message) => {
    expect(await taskComplaints(lines)).toContain(message)
  })

  test.each([
    ['- file: {path: /x, state: dir}', 'dir'],
    ['- file: {path: /x, stat: dir}', 'stat'],
    ['- install: {packages: [{name: ok}, {name: 17}]}', '17'],
    ['- assert: {that: [a, "b | nofilter"]}', 'nofilter'],
    ["- assert: {that: 'it''s ~ nofilter('}", 'nofilter'],
    ['- file: path=/x recurse=perhaps', 'perhaps'],
  ])('%s: the caret stands under %s', async (lines, culprit) => {
    const [, quoted = '', caret = ''] = (await taskComplaints(lines)).split('\n')
    const start = caret.indexOf('^')
    expect(quoted.slice(start, start + culprit.length)).toMatch(new RegExp(`^(${culprit}|.*${culprit.slice(0, 2)})`))
  })
})

describe('what a task is', () => {
  test.each([
    ['- commnd: x', 'unknown task "commnd"', 'did you mean "command"?'],
    ['- name: x', 'the task does not say what to do', 'add one of: assert, command'],
    ['- file: path=/x\n  command: y', `one task can't be both "file" and "command"`, 'make two tasks'],
    ['- command: x\n  wen: y', '"wen" is no key of a task', 'did you mean "when"?'],
    ['- command: x\n  notify: y', '"notify" is not supported yet', 'write the handler as a task'],
    ['- action: command x', '"action" is not supported yet', 'name the task itself'],
    ['- local_action: command x', '"local_action" is not supported yet', 'delegate_to'],
    ['- block: []', '"block" is not supported yet', ''],
    ['- include_tasks: x.yml', '"include_tasks" is not supported yet', ''],
    ['- ansible.builtin.import_tasks: x.yml', '"ansible.builtin.import_tasks" is not supported yet', ''],
    ['- command: x\n  until: y', '"until" is not supported yet', ''],
    ['- command: x\n  environment: {A: b}', '"environment" is not supported yet', ''],
    ['- command: x\n  with_items: [1]', '"with_items" is not supported', 'write `loop:`'],
    ['- command: x\n  loop: y', 'loop: expected a list, got the text "y"', 'loop: "{{ name }}"'],
    ['- command: x\n  loop: {a: 1}', 'loop: expected a list, got a mapping', 'dict2items'],
    ['- command: x\n  loop_control: {loop_var: y}', 'the task has no `loop`', ''],
    ['- command: x\n  loop: []\n  loop_control: {pause: 1}', '"pause" is not supported yet', ''],
    ['- command: x\n  loop: []\n  loop_control: {lable: 1}', '', 'did you mean "label"?'],
    ['- command: x\n  register: a-b', 'register: expected the name of a variable', ''],
    ['- command: x\n  when:', 'when: the condition is missing', ''],
    ['- command: x\n  when: "{{ a }}"', 'this is an expression already', 'drop the {{ }}'],
    ['- command: x\n  when: {a: 1}', 'when: expected an expression, got a mapping', ''],
    ['- command: x\n  when: [a, [b]]', 'when: expected an expression, got a list', ''],
    ['- null', 'expected a task, got nothing', ''],
    ['- text', 'expected a task, got the text "text"', ''],
  ])('%j: %s', async (lines, message, hint) => {
    const found = await taskComplaints(lines)
    expect(found).toContain(message)
    expect(found).toContain(hint)
  })
})
