import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, play } from './harness.ts'

afterEach(cleanUp)

describe('delegate_to', () => {
  const CHANGES_ANOTHER = `
- hosts: all
  gather_facts: false
  tasks:
    - ping:
    - copy: { content: new, dest: DIR/f }
      delegate_to: h2
      when: inventory_hostname == "h1"
    - copy: { content: new, dest: DIR/f }
      when: inventory_hostname == "h2"
`

  it('makes the answers of the host that it changes stale', async () => {
    const run = await play({ hosts: ['h1', 'h2'], playbook: CHANGES_ANOTHER })
    expect(run.statuses('h1')).toEqual(['ok', 'changed', 'skipped'])
    expect(run.statuses('h2')).toEqual(['ok', 'skipped', 'ok'])
  })

  it('in a check leaves what it would change open on that host', async () => {
    const run = await play({ hosts: ['h1', 'h2'], mode: 'check', playbook: CHANGES_ANOTHER })
    expect(run.statuses('h1')).toEqual(['ok', 'changed', 'skipped'])
    expect(run.statuses('h2')).toEqual(['ok', 'skipped', 'deferred'])
  })

  it('takes the host from the item of a loop', async () => {
    const run = await play({
      hosts: ['h1', 'h2', 'h3'],
      playbook: `
- hosts: h1
  gather_facts: false
  tasks:
    - command: echo {{ item }}
      delegate_to: "{{ item }}"
      loop: [h2, h3]
`,
    })
    expect(run.statuses('h1')).toEqual(['changed'])
    expect([run.frames('h1'), run.frames('h2'), run.frames('h3')]).toEqual([0, 1, 1])
    const items = run.events.flatMap((event) => (event.type === 'host_result' && event.item ? [event.delegatedTo] : []))
    expect(items).toEqual(['h2', 'h3'])
  })
})

describe('run_once', () => {
  it('in a check is open for every host of the batch', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      mode: 'check',
      playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - command: echo x
      run_once: true
      register: said
    - debug: { var: said.stdout }
`,
    })
    expect(run.statuses('h1')).toEqual(['skipped', 'deferred'])
    expect(run.statuses('h2')).toEqual(['deferred'])
  })

  it('stops the batch when its one host is unreachable', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      down: ['h1'],
      playbook: `- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "true"\n      run_once: true\n    - command: "true"\n`,
    })
    expect(run.statuses('h2')).toEqual([])
    expect(run.events.some((event) => event.type === 'brake')).toBe(true)
  })
})
