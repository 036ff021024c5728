import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTask } from '../../src/tasks/contract.ts'
import { cleanUp, play } from './harness.ts'

afterEach(cleanUp)

const HOSTS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const failOn = (...hosts: string[]): string => `
    - fail: { msg: broken }
      when: inventory_hostname in ${JSON.stringify(hosts)}
    - command: "true"
`

function hostsOf(run: Awaited<ReturnType<typeof play>>, status: string): string[] {
  return HOSTS.filter((host) => run.statuses(host).includes(status))
}

describe('a fleet', () => {
  it('goes on without a failed host', async () => {
    const run = await play({ hosts: HOSTS, playbook: `- hosts: all\n  gather_facts: false\n  tasks:${failOn('h2')}` })
    expect(hostsOf(run, 'changed')).toEqual(['h1', 'h3', 'h4', 'h5', 'h6'])
    expect(run.statuses('h2')).toEqual(['refused'])
  })

  it('rolls in batches, and stops when a batch is lost', async () => {
    const run = await play({
      hosts: HOSTS,
      playbook: `- hosts: all\n  gather_facts: false\n  serial: 2\n  tasks:${failOn('h3', 'h4')}`,
    })
    expect(hostsOf(run, 'changed')).toEqual(['h1', 'h2'])
    expect(run.statuses('h5')).toEqual([])
    const brake = run.events.flatMap((event) => (event.type === 'brake' ? [event] : []))[0]
    expect(brake?.reason).toContain('2 of 2')
    expect(brake?.remaining).toEqual(['h5', 'h6'])
  })

  it.each([
    [33, true],
    [34, false],
  ])('max_fail_percentage %i with 2 of 6 unreachable: stops %s', async (limit, stops) => {
    const run = await play({
      hosts: HOSTS,
      down: ['h1', 'h2'],
      playbook: `- hosts: all\n  gather_facts: false\n  max_fail_percentage: ${limit}\n  tasks:\n    - ping:\n    - command: "true"\n`,
    })
    expect(hostsOf(run, 'unreachable')).toEqual(['h1', 'h2'])
    expect(hostsOf(run, 'changed').length > 0).toBe(!stops)
  })

  it('any_errors_fatal counts an unreachable host, and stops later batches too', async () => {
    const run = await play({
      hosts: HOSTS,
      down: ['h1'],
      playbook: `- hosts: all\n  gather_facts: false\n  serial: 3\n  any_errors_fatal: true\n  tasks:\n    - ping:\n    - command: "true"\n`,
    })
    expect(hostsOf(run, 'changed')).toEqual([])
    expect(run.statuses('h4')).toEqual([])
  })

  it('runs once for the batch, and shares the result', async () => {
    const run = await play({
      hosts: HOSTS.slice(0, 3),
      playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - command: echo {{ inventory_hostname }}
      run_once: true
      register: who
    - assert: { that: who.stdout == "h1" }
`,
    })
    expect(run.statuses('h1')).toEqual(['changed', 'ok'])
    expect(run.statuses('h3')).toEqual(['ok'])
  })

  it('delegates to another host with its own variables', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      playbook: `
- hosts: h1
  gather_facts: false
  tasks:
    - command: echo {{ inventory_hostname }}
      delegate_to: h2
      register: said
    - assert: { that: said.stdout == "h1" }
`,
    })
    expect(run.statuses('h1')).toEqual(['changed', 'ok'])
    expect(run.results('h1')[0]?.delegatedTo).toBe('h2')
    expect(run.frames('h2')).toBe(1)
  })

  it('reads variables of other hosts in their own scope', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      vars: (host) => ({ role: host === 'h2' ? 'db' : 'web' }),
      playbook: `- hosts: h1\n  gather_facts: false\n  tasks:\n    - assert: { that: hostvars.h2.role == "db" }\n`,
    })
    expect(run.statuses('h1')).toEqual(['ok'])
  })

  it('drains at the first interrupt: the step that runs ends, no other starts', async () => {
    const run = await play({
      hosts: ['h1', 'h2'],
      forks: 1,
      onEvent: (event, interrupts) => {
        if (event.type === 'host_result' && event.host === 'h1') interrupts.raise()
      },
      playbook: `- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "true"\n    - command: "true"\n      run_once: true\n`,
    })
    expect(run.statuses('h1')).toEqual(['changed'])
    expect(run.statuses('h2')).toEqual([])
  })
})

describe('a task that does not converge', () => {
  const plugin = defineTask({
    name: 'never_done',
    summary: 'Says after its change that it still wants to change.',
    args: z.strictObject({}),
    example: '- never_done:\n',
    probes: () => ({
      now: { id: 'never', script: 'echo no', reads: ['path:/never'] as const, parse: ({ stdout }) => stdout },
    }),
    check: () => ({ kind: 'change', summary: 'make it so', touches: ['path:/never'], spec: {} }),
    compile: () => ({ script: 'true' }),
  })

  it('has failed', async () => {
    const run = await play({
      plugins: [plugin as never],
      playbook: '- hosts: all\n  gather_facts: false\n  tasks:\n    - never_done:\n',
    })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(run.results('one')[0]?.message).toContain('did not converge')
  })
})
