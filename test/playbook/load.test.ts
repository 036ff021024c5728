import { expect, test } from 'vitest'
import { ExpressionText, TemplateText } from '../../src/expression/values.ts'
import { loadPlaybook } from '../../src/playbook/load.ts'
import { catalog, complaints, load } from './support.ts'

const FULL = `
- name: "Prepare {{ what }}"
  hosts: [web, "!web3"]
  vars: {release: 9, root: "/var/{{ release }}"}
  vars_files: [common.yml, ["{{ release }}.yml", default.yml]]
  become: yes
  become_user: root
  gather_facts: no
  serial: [1, "25%", 10]
  max_fail_percentage: 30%
  any_errors_fatal: true
  tags: one, two
  tasks:
    - name: directory
      ansible.builtin.file:
        path: "{{ root }}"
        mode: 0755
      when: [release > 8, true]
      register: made
      loop: [1, 2]
      loop_control: {loop_var: n, index_var: i, label: "{{ n }}"}
      tags: [three]
      vars: {x: 1}
      check_mode: "no"
      changed_when: made.rc == 0
      failed_when: false
      no_log: "{{ x }}"
      run_once: true
      delegate_to: "{{ inventory_hostname }}"
`

test('every key arrives typed, with its place', async () => {
  const { plays, warnings, dir } = await load(FULL)
  const [play] = plays
  expect(warnings).toEqual([])
  expect(dir).toBe('/play')
  expect(play).toMatchObject({
    hosts: 'web,!web3',
    become: true,
    becomeUser: 'root',
    gatherFacts: false,
    serial: [1, '25%', 10],
    maxFailPercentage: 30,
    anyErrorsFatal: true,
    tags: ['one', 'two'],
  })
  expect(play?.varsFiles.map(({ candidates }) => candidates.length)).toEqual([1, 2])
  expect(play?.vars.root).toBeInstanceOf(TemplateText)
  expect(String(play?.hostsOrigin)).toBe('/play/site.yml:3:10')
  const [task] = play?.tasks ?? []
  expect(task).toMatchObject({
    task: 'file',
    register: 'made',
    loop: [1, 2],
    loopControl: { loopVar: 'n', indexVar: 'i' },
    tags: ['one', 'two', 'three'],
    checkMode: false,
    runOnce: true,
    args: { mode: 0o755 },
  })
  expect(task?.when.map(({ text }) => text)).toEqual(['release > 8', 'true'])
  expect(task?.failedWhen).toEqual([expect.any(ExpressionText)])
  expect(String(task?.argOrigins.mode)).toBe('/play/site.yml:17:15')
  expect(String(task?.when[0]?.origin)).toBe('/play/site.yml:18:14')
})

test('anchors, aliases and merge keys', async () => {
  const { plays } = await load(
    '- hosts: all\n  vars:\n    base: &base {a: 1, b: 2}\n    more: {<<: *base, b: 3}\n    same: *base\n',
  )
  expect(plays[0]?.vars).toEqual({ base: { a: 1, b: 2 }, more: { a: 1, b: 3 }, same: { a: 1, b: 2 } })
})

test.each([
  ['', 'the playbook is empty'],
  ['---\n# nothing\n', 'the playbook is empty'],
  ['[]', 'the playbook has no plays'],
  ['hosts: all', 'a play begins with a dash'],
  ['just text', 'a playbook must be a list of plays'],
  ['- text', 'expected a play, got the text "text"'],
  ['- null', 'expected a play, got nothing'],
  ['- tasks: []', 'the play has no `hosts`'],
  ['- hosts:', 'hosts: is empty'],
  ['- hosts: []', 'hosts: is empty'],
  ['- hosts: [web, ""]', 'hosts: is empty'],
  ['- hosts: {a: 1}', 'hosts: expected a pattern, got a mapping'],
  ['- hosts: [a, "{{ b }}"]', 'a template can not be part of a list'],
  ['- hosts: all\n  tasks: nope', 'tasks: expected a list of tasks'],
  ['- hosts: all\n  tasks: {file: {path: /x}}', 'each task begins with a dash'],
  ['- hosts: all\n  taskss: []', 'did you mean "tasks"?'],
  ['- hosts: all\n  command: x', '"command" is a task, not a key of a play'],
  ['- hosts: all\n  roles: [x]', '"roles" is not supported yet'],
  ['- hosts: all\n  handlers: []', '"handlers" is not supported yet'],
  ['- import_playbook: x.yml', '"import_playbook" is not supported yet'],
  ['- hosts: all\n  serial: 1.5', 'serial: expected a number of hosts'],
  ['- hosts: all\n  serial: 120%', 'serial: expected a number of hosts'],
  ['- hosts: all\n  max_fail_percentage: 101', 'expected a number from 0 to 100'],
  ['- hosts: all\n  become: maybe', 'become: expected true or false'],
  ['- hosts: all\n  become_method: su', '"su" is not supported yet'],
  ['- hosts: all\n  vars: [a: 1]', 'vars: expected a mapping, got a list'],
  ['- hosts: all\n  vars: {a-b: 1}', `"a-b" can't be the name of a variable`],
  ['- hosts: all\n  vars: {a: {{ b }}}', 'a template must be in quotes'],
  ['- hosts: all\n  vars: {a: "{{ b | nofilter }}"}', 'unknown filter "nofilter"'],
  ['- hosts: all\n  vars: {a: !vault x}', 'ansible-vault are not supported'],
  ['- hosts: all\n  vars: {a: *nowhere}', 'there is no anchor &nowhere'],
  ['- hosts: all\n  vars_files: [{a: 1}]', 'expected the name of a file'],
  ['- hosts: all\n  tags: ["{{ x }}"]', 'tags are chosen before variables are known'],
  ['- hosts: all\n  hosts: web', 'map keys must be unique'],
  ['- hosts: all\n\ttasks: []', 'a tab can not indent'],
  ['- hosts: all\n---\n- hosts: web', 'one file holds one document'],
  ['- hosts: all\n  name: a: b', 'YAML: '],
  ['- hosts: "all', 'YAML: '],
  ['- hosts: @all', 'put the text into quotes'],
])('%j: %s', async (text, message) => {
  const found = await complaints(text)
  expect(found).toContain(message)
  expect(found).toMatch(/^\/play\/site\.yml:\d+:\d+: /)
})

test('everything wrong is told at once, in the order of the file', async () => {
  const found = await complaints(
    '- hosts: all\n  serial: x\n  tasks:\n    - fil: {}\n    - file: {path: 1, recurse: maybe}\n    - file: {path: /x}\n      when: a ==\n- hots: web\n',
  )
  const lines = [...found.matchAll(/^\/play\/site\.yml:(\d+):/gm)].map((match) => Number(match[1]))
  expect(lines).toEqual([2, 4, 5, 5, 7, 8, 8])
})

test('surprising scalars are warned about', async () => {
  const { warnings } = await load(
    '- hosts: all\n  vars: {countries: [se, no], at: 10:30, id: 0123, enabled: yes, on: 1}\n  tasks:\n    - file: {path: /x, mode: 0644}\n',
  )
  expect(warnings.map((line) => line.replace('/play/site.yml:', ''))).toEqual([
    '2:26: no is the boolean false here; write false, or put it into quotes to keep the text',
    '2:35: 10:30 is a number in base 60 here: 630; put it into quotes to keep the text',
    '2:46: 0123 is octal here, so the number 83; put it into quotes to keep the text',
    '2:66: on is the boolean true here; write true, or put it into quotes to keep the text',
  ])
})

test.each([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'permission denied'],
])('a file that can not be read: %s', async (code, message) => {
  const read = async () => {
    throw Object.assign(new Error('x'), { code })
  }
  await expect(loadPlaybook('/play/x.yml', catalog, { read })).rejects.toThrow(
    `/play/x.yml: the playbook can't be read: ${message}`,
  )
})

test('bytes that are not UTF-8', async () => {
  const read = async () => Uint8Array.of(0x2d, 0x20, 0xff)
  await expect(loadPlaybook('/play/x.yml', catalog, { read })).rejects.toThrow('is not UTF-8')
})
