import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, play, scratch } from './harness.ts'

afterEach(cleanUp)

/** A directory with a playbook's files, and beside it one that is none of a host's business. */
function site(): string {
  const dir = scratch()
  mkdirSync(`${dir}/site`)
  mkdirSync(`${dir}/private`)
  for (const file of ['site/web1.conf', 'site/web1.yml', 'private/key', 'private/key.yml']) {
    writeFileSync(`${dir}/${file}`, 'from: there\n')
  }
  return `${dir}/site`
}

const says = (text: string) => `- hosts: all
  gather_facts: false
  tasks:
    - command: printf %s ${text}
      register: said
      changed_when: false
`

describe('a path on the controller', () => {
  it.each([
    ['web1', 'changed'],
    ['../private/key', 'failed'],
    ['DIR/../private/key', 'failed'],
  ])('that a host gives as %s: %s', async (text, status) => {
    const run = await play({
      dir: site(),
      playbook: `${says(text)}    - copy: { src: "{{ said.stdout }}${text === 'web1' ? '.conf' : ''}", dest: DIR/got }\n`,
    })
    expect(run.statuses('one')).toEqual(['ok', status])
    if (status === 'failed') expect(run.results('one')[1]?.message).toContain('a host had a say in it')
  })

  it('that a host gives through a loop is refused, one of people is not', async () => {
    const dir = site()
    const hosts = await play({
      dir,
      playbook: `${says('../private/key')}    - copy: { src: "{{ item }}", dest: DIR/got }\n      loop: "{{ said.stdout_lines }}"\n`,
    })
    expect(hosts.statuses('one')).toEqual(['ok', 'failed'])
    const people = await play({
      dir,
      vars: () => ({ place: '../private' }),
      playbook: `- hosts: all
  gather_facts: false
  vars: { names: [DIR/../private/key] }
  tasks:
    - copy: { src: "{{ item }}", dest: DIR/got }
      loop: "{{ names }}"
    - copy: { src: "{{ place }}/key", dest: DIR/got }
`,
    })
    expect(people.statuses('one')).toEqual(['changed', 'ok'])
  })

  it('of a vars file is no host’s choice either', async () => {
    const run = await play({
      dir: site(),
      playbook: `${says('../private/key')}- hosts: all
  gather_facts: false
  vars_files: ["{{ said.stdout }}.yml"]
  tasks:
    - debug: { var: from }
`,
    })
    expect(run.statuses('one')).toEqual(['ok', 'failed'])
    expect(run.results('one')[1]?.message).toContain('vars_files')
  })
})
