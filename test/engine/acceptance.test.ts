import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTask, type Finding } from '../../src/tasks/contract.ts'
import { cleanUp, play } from './harness.ts'

afterEach(cleanUp)

const TINY: Finding = { key: 'tiny', severity: 'inhibitor', title: 'too small', detail: '1 of 2' }
const look = defineTask({
  name: 'look',
  summary: 'finds something',
  args: z.strictObject({}),
  example: 'look:',
  probes: () => ({}),
  check: () => ({ kind: 'ok', findings: [TINY] }),
})
/** A plugin whose facts are whatever the host says. */
const gather = defineTask({
  name: 'gather',
  summary: 'gathers',
  args: z.strictObject({}),
  example: 'gather:',
  probes: () => ({}),
  check: () => ({ kind: 'ok', facts: { accept_findings: ['tiny'] } }),
})

const head = (vars = '') => `- hosts: all\n  gather_facts: false\n${vars}  tasks:\n`

describe('accept_findings', () => {
  it('is the operator’s', async () => {
    const run = await play({
      plugins: [look],
      playbook: `${head('  vars: { accept_findings: [tiny] }\n')}    - look:\n`,
    })
    expect(run.statuses('one')).toEqual(['ok'])
    expect(run.results('one')[0]?.findings).toEqual([{ ...TINY, accepted: true }])
  })

  it('does not count as a fact of the host', async () => {
    const run = await play({ plugins: [look, gather], playbook: `${head()}    - gather:\n    - look:\n` })
    expect(run.statuses('one')).toEqual(['ok', 'refused'])
  })

  it('is refused by name where a task sets it in the middle of the run', async () => {
    const run = await play({
      plugins: [look],
      playbook: `${head()}    - command: echo tiny\n      register: said\n    - set_fact: { accept_findings: "{{ said.stdout_lines }}" }\n    - look:\n`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'ok', 'failed'])
    expect(run.results('one')[2]?.message).toContain('accept_findings was set by set_fact or register')
  })
  // As it reads where an inventory or -e gives a text.
  it.each(['tiny', 'other, tiny', '[tiny]', '["other", "tiny"]', "['tiny']", 'tiny,'])(
    'takes the text %s',
    async (text) => {
      const run = await play({
        plugins: [look],
        playbook: `${head(`  vars: { accept_findings: ${JSON.stringify(text)} }\n`)}    - look:\n`,
      })
      expect(run.results('one')[0]?.findings).toEqual([{ ...TINY, accepted: true }])
    },
  )

  it.each(['"other tiny"', '{ tiny: true }', '[7]', '7'])('says so where it is no list of keys: %s', async (value) => {
    const run = await play({
      plugins: [look],
      playbook: `${head(`  vars: { accept_findings: ${value} }\n`)}    - look:\n`,
    })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(run.results('one')[0]?.message).toContain('accept_findings must be a list of finding keys')
  })
})
