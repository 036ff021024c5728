import { existsSync, readFileSync, statSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, play, scratch } from './harness.ts'

afterEach(cleanUp)

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'

describe('steps on one host', () => {
  it('makes changes once, and a second run finds nothing to do', async () => {
    const playbook = `${HEAD}
    - file: { path: DIR/a, state: directory, mode: "0750" }
    - copy: { content: "hello\\n", dest: DIR/a/f }
`
    const first = await play({ playbook })
    expect(first.statuses('one')).toEqual(['changed', 'changed'])
    expect(readFileSync(`${first.dir}/a/f`, 'utf8')).toBe('hello\n')
    expect(statSync(`${first.dir}/a`).mode & 0o7777).toBe(0o750)
    const second = await play({ playbook, dir: first.dir })
    expect(second.statuses('one')).toEqual(['ok', 'ok'])
    expect(second.frames('one')).toBe(1)
  })

  it('journals an intent before and an outcome after each change', async () => {
    const { events } = await play({
      playbook: `${HEAD}    - copy: { content: x, dest: DIR/f }\n    - command: "true"\n`,
    })
    const seen = events
      .filter(({ type }) => ['intent', 'outcome', 'host_result'].includes(type))
      .map(({ type }) => type)
    expect(seen).toEqual(['intent', 'intent', 'outcome', 'host_result', 'outcome', 'host_result'])
  })

  it('what was done of steps that travelled together is told when it is done, and stays told when the rest is cancelled', async () => {
    const { dir, frames, statuses, results } = await play({
      playbook: `${HEAD}    - shell: echo one >DIR/1\n    - copy: { content: x, dest: DIR/2 }\n    - shell: sleep 60\n    - shell: touch DIR/4\n`,
      onEvent(event, interrupts) {
        if (event.type !== 'host_result' || event.step !== 1) return
        interrupts.raise()
        interrupts.raise()
      },
    })
    expect(statuses('one')).toEqual(['changed', 'changed', 'failed'])
    expect(results('one').at(-1)).toMatchObject({
      interrupted: true,
      message: expect.stringMatching(/cancelled by the operator/),
    })
    expect(frames('one')).toBe(2)
    expect([existsSync(`${dir}/2`), existsSync(`${dir}/4`)]).toEqual([true, false])
  })

  it('writes nothing in check mode, and says what depends on a change not made', async () => {
    const playbook = `${HEAD}
    - file: { path: DIR/a, state: directory }
    - copy: { content: "hello\\n", dest: DIR/a/f }
    - command: touch DIR/b
      register: touched
    - debug: { msg: "{{ touched.rc }}" }
`
    const run = await play({ playbook, mode: 'check' })
    expect(run.statuses('one')).toEqual(['changed', 'deferred', 'skipped', 'deferred'])
    expect(run.results('one')[1]?.message).toBe('known after step 1 (file)')
    expect(run.results('one')[3]?.message).toBe('known after step 3 (command)')
    expect(existsSync(`${run.dir}/a`) || existsSync(`${run.dir}/b`)).toBe(false)
    expect(run.frames('one')).toBe(1)
  })

  it('runs check_mode: false in a check, where nothing can be written', async () => {
    const dir = scratch()
    const run = await play({
      dir,
      mode: 'check',
      playbook: `${HEAD}
    - command: echo seen
      check_mode: false
      register: looked
    - assert: { that: looked.stdout == "seen" }
    - shell: echo x > DIR/file
      check_mode: false
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'ok', 'failed'])
    expect(run.results('one')[2]?.message).toMatch(/Read-only file system/i)
    expect(existsSync(`${dir}/file`)).toBe(false)
  })

  it('stops the host at a failed step; what came after is not started', async () => {
    const run = await play({ playbook: `${HEAD}    - command: "false"\n    - copy: { content: x, dest: DIR/f }\n` })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(existsSync(`${run.dir}/f`)).toBe(false)
  })

  it('goes on after an ignored failure, and registers it', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: sh -c "echo no >&2; exit 3"
      ignore_errors: true
      register: tried
    - assert: { that: [tried is failed, tried.rc == 3, tried.stderr == "no"] }
`,
    })
    expect(run.statuses('one')).toEqual(['failed', 'ok'])
    expect(run.results('one')[0]?.ignored).toBe(true)
  })

  it('lets failed_when and changed_when have the last word', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: sh -c "exit 1"
      register: found
      failed_when: found.rc > 1
      changed_when: false
    - command: echo bad
      register: said
      failed_when: "'bad' in said.stdout"
`,
    })
    expect(run.statuses('one')).toEqual(['ok', 'failed'])
    expect(run.results('one')[1]?.message).toContain('failed_when')
  })

  it('uses a result in a later step of the same segment', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: echo 41
      register: answer
      changed_when: false
    - copy: { content: "{{ answer.stdout | int + 1 }}", dest: DIR/f }
    - set_fact: { doubled: "{{ answer.stdout | int * 2 }}" }
    - assert: { that: doubled == 82 }
`,
    })
    expect(run.statuses('one')).toEqual(['ok', 'changed', 'ok', 'ok'])
    expect(readFileSync(`${run.dir}/f`, 'utf8')).toBe('42')
  })

  it('never renders what a host said', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: echo "{{ '{{' }} 6 * 7 {{ '}}' }}"
      register: said
      changed_when: false
    - copy: { content: "{{ said.stdout }}", dest: DIR/f }
`,
    })
    expect(readFileSync(`${run.dir}/f`, 'utf8')).toBe('{{ 6 * 7 }}')
  })

  it('skips by when, and names the condition', async () => {
    const run = await play({ playbook: `${HEAD}    - ping:\n      when: 1 > 2\n` })
    expect(run.statuses('one')).toEqual(['skipped'])
    expect(run.results('one')[0]?.message).toBe('when: 1 > 2')
  })

  it('points at an undefined variable', async () => {
    const run = await play({ playbook: `${HEAD}    - debug: { msg: "{{ nmae }}" }\n`, vars: () => ({ name: 'x' }) })
    expect(run.statuses('one')).toEqual(['failed'])
    expect(run.results('one')[0]?.message).toMatch(/play\.yml:4:25: .*nmae[\s\S]*did you mean "name"/)
  })

  it('hides a no_log step everywhere', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: echo geheim
      no_log: true
`,
    })
    expect(JSON.stringify(run.events)).not.toContain('geheim')
  })
})

describe('loops', () => {
  it('does items in order, and registers them', async () => {
    const run = await play({
      playbook: `${HEAD}
    - file: { path: "DIR/{{ item }}", state: directory }
      loop: [a, a/b, a/b/c]
      register: made
    - assert: { that: [made.results | length == 3, made is changed] }
`,
    })
    expect(run.statuses('one')).toEqual(['changed', 'ok'])
    expect(existsSync(`${run.dir}/a/b/c`)).toBe(true)
  })

  it('tries the items after a failed one, then fails', async () => {
    const run = await play({
      playbook: `${HEAD}
    - command: sh -c "{{ item }}"
      loop: ["true", "false", "touch DIR/last"]
    - command: touch DIR/after
`,
    })
    expect(run.statuses('one')).toEqual(['failed'])
    const items = run.events.filter((event) => event.type === 'host_result' && event.item)
    expect(items.map((event) => (event as { status: string }).status)).toEqual(['changed', 'failed', 'changed'])
    expect(existsSync(`${run.dir}/last`)).toBe(true)
    expect(existsSync(`${run.dir}/after`)).toBe(false)
  })

  it('skips an empty one', async () => {
    const run = await play({ playbook: `${HEAD}    - ping:\n      loop: []\n` })
    expect(run.statuses('one')).toEqual(['skipped'])
  })
})
