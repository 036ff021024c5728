import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTask } from '../../src/tasks/contract.ts'
import { cleanUp, play } from './harness.ts'

afterEach(cleanUp)

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'

describe('secretArgs', () => {
  it('are hidden wherever they show up', async () => {
    const login = defineTask({
      name: 'login',
      summary: 'takes a password',
      args: z.strictObject({ password: z.string() }),
      secretArgs: ['password'],
      example: 'login:',
      probes: () => ({}),
      check: ({ args }) => ({ kind: 'ok', summary: `logged in with ${args.password}` }),
    })
    const run = await play({
      plugins: [login],
      playbook: `${HEAD}    - login: { password: "{{ word }}" }\n    - debug: { var: word }\n`,
      vars: () => ({ word: 'sesam-oeffne-dich' }),
    })
    expect(run.statuses('one')).toEqual(['ok', 'ok'])
    expect(JSON.stringify(run.events)).not.toContain('sesam')
  })
})

describe('passwords of the inventory', () => {
  it('are hidden before anything is connected, for all hosts', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      vars: (host) => ({ ansible_password: `${host}-secret`, ansible_become_password: 987654, word: `${host}-secret` }),
      playbook: `- hosts: h1
  gather_facts: false
  tasks:
    - debug: { msg: "{{ hostvars.h2.word }} {{ word }} {{ ansible_become_password }}" }
    - debug: { var: ansible_become_password }
    - set_fact: { ansible_become_password: now-another }
    - debug: { msg: "{{ ansible_become_password }}" }
`,
    })
    expect(run.statuses('h1')).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(JSON.stringify(run.events)).not.toMatch(/-secret|987654|now-another/)
  })
})

describe('no_log', () => {
  it('covers what a later step prints of it', async () => {
    const run = await play({
      playbook: `${HEAD}
    - shell: echo "first-geheim"; echo "$((6 * 7))-geheim"
      register: said
      no_log: true
    - debug: { var: said }
    - debug: { msg: "{{ said.stdout_lines[1] }}" }
    - set_fact: { again: "{{ said.stdout_lines[0] | upper }}" }
      no_log: true
    - debug: { var: again }
    - command: echo {{ said.stdout_lines[1] }}
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'ok', 'ok', 'ok', 'ok', 'changed'])
    expect(JSON.stringify(run.events)).not.toMatch(/42-geheim|first-geheim|FIRST-GEHEIM/)
  })

  it('may depend on the item, and hides what it can not tell', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: echo {{ item.text }}
      loop: [{ text: public, hide: false }, { text: geheimes, hide: true }]
      no_log: "{{ item.hide }}"
    - command: echo verborgen
      no_log: "{{ nobody_set_this }}"
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'changed'])
    const text = JSON.stringify(run.events.filter((event) => event.type !== 'play_started'))
    expect(text).toContain('echo public')
    expect(text).not.toMatch(/echo geheimes|verborgen/)
  })
})
