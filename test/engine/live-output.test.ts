import { writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { EventBody } from '../../src/events/types.ts'
import { defineTask } from '../../src/tasks/contract.ts'
import { cleanUp, play, type RunInput, scratch } from './harness.ts'

afterEach(cleanUp)

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'

/** Says `NAME 1`, `NAME 2`, ... until somebody heard it, and fails when nobody does in 20 seconds. */
const speak = (name: string) =>
  `for n in $(seq 200); do echo ${name} $n; test ! -e DIR/heard.${name}.{{ inventory_hostname }} || exit 0; sleep 0.1; done; exit 1`

/** Each step that speaks is heard as soon as there is an event with a line of it. */
async function hearing(tasks: string, more: Partial<RunInput> = {}) {
  const dir = scratch()
  return play({
    dir,
    playbook: HEAD + tasks,
    ...more,
    onEvent(event, ...rest) {
      more.onEvent?.(event, ...rest)
      const name = event.type === 'progress' && /^(\w+) \d+$/.exec(event.line)?.[1]
      if (name) writeFileSync(`${dir}/heard.${name}.${event.host}`, '')
    },
  })
}

/** What was said and what ended, in order, of one host. */
function order(events: readonly EventBody[], host = 'one'): string[] {
  const all = events.flatMap((event) => {
    if (event.type === 'progress' && event.host === host) return [`${event.step}: ${event.line.replace(/\d+/, 'N')}`]
    return event.type === 'host_result' && event.host === host && !event.item ? [`${event.step} ${event.status}`] : []
  })
  return all.filter((text, i) => text !== all[i - 1])
}

const linesOf = (events: readonly EventBody[]) =>
  events.flatMap((event) => (event.type === 'progress' ? [event.line] : []))

describe('what a short step prints', () => {
  it('is told while it runs, and its result is what it was', async () => {
    const run = await hearing(`    - shell: ${speak('shell')}\n    - command: sh -c "${speak('command')}"\n`)
    expect(order(run.events)).toEqual(['0: shell N', '0 changed', '1: command N', '1 changed'])
    for (const [i, name] of ['shell', 'command'].entries()) {
      const said = run.results('one')[i]?.result?.stdout_lines as string[]
      expect(said).toEqual(said.map((_, n) => `${name} ${n + 1}`))
    }
    expect(run.frames('one')).toBe(1)
  })

  it('is told of each of the steps that travel together, under its own number, host by host', async () => {
    const hosts = ['h1', 'h2']
    const tasks = `    - copy: { content: x, dest: "DIR/{{ inventory_hostname }}" }\n    - shell: ${speak('first')}\n    - shell: echo quick\n    - shell: ${speak('second')} >&2\n`
    const run = await hearing(tasks, { hosts })
    for (const host of hosts) {
      const ends = ['0 changed', '1: first N', '1 changed', '2 changed', '3: second N', '3 changed']
      expect(order(run.events, host)).toEqual(ends)
    }
  })

  it('is told of every item of a loop, and of a step in a check that acts in it', async () => {
    const tasks = `    - shell: ${speak('{{ item }}')}\n      loop: [a, b]\n      check_mode: false\n`
    const run = await hearing(tasks, { mode: 'check' })
    expect(order(run.events)).toEqual(['0: a N', '0: b N', '0 changed'])
  })

  it('is no event where it ends within a second, nor is what a task prints for itself', async () => {
    const run = await hearing(
      `    - shell: for n in 1 2 3 4 5; do echo line; sleep 0.1; done\n    - copy: { content: x, dest: DIR/f }\n    - shell: sleep 1.5\n`,
    )
    expect(run.statuses('one')).toEqual(['changed', 'changed', 'changed'])
    expect(linesOf(run.events)).toEqual([])
  })

  it('is told until the step is cancelled, and not after', async () => {
    const run = await hearing(`    - shell: while echo going on; do sleep 0.1; done\n`, {
      onEvent(event, interrupts) {
        if (event.type === 'progress') for (let i = 0; i < 2; i++) interrupts.raise()
      },
    })
    expect(run.results('one')[0]?.message).toMatch(/cancelled by the operator/)
    expect(order(run.events)).toEqual(['0: going on', '0 failed'])
  })
})

describe('secrets', () => {
  it('nothing is told of a step under no_log, of none of its items', async () => {
    const run = await hearing(`
    - shell: for n in 1 2 3 4 5 6 7 8 9; do echo geheim; sleep 0.2; done
      no_log: true
    - shell: for n in 1 2 3 4 5 6 7 8 9; do echo {{ item.word }}; sleep 0.2; done
      loop: [{ word: geheim, hide: true }, { word: offen, hide: false }]
      no_log: "{{ item.hide }}"
`)
    expect(run.statuses('one')).toEqual(['changed', 'changed'])
    expect(new Set(linesOf(run.events))).toEqual(new Set(['offen']))
    expect(JSON.stringify(run.events.filter(({ type }) => type === 'progress'))).not.toContain('geheim')
  })

  it('are hidden in what is told, also those that a step before registered under no_log', async () => {
    const run = await hearing(`
    - shell: echo sesam-oeffne-dich
      register: word
      no_log: true
    - shell: for n in 1 2 3 4 5 6 7 8 9; do echo say sesam-oeffne-dich now; sleep 0.2; done
`)
    expect(new Set(linesOf(run.events))).toEqual(new Set(['say ******** now']))
    expect(JSON.stringify(run.events.filter(({ type }) => type === 'progress'))).not.toContain('sesam')
  })
})

describe('behind a step that went wrong', () => {
  it('nothing is told before that is reported: what a hidden step registered in between is not known as a secret yet', async () => {
    const stubborn = defineTask({
      name: 'stubborn',
      summary: 'changes nothing, however often it is asked to',
      args: z.strictObject({}),
      example: 'stubborn:',
      probes: () => ({ state: { id: 'state', script: 'true', reads: ['path:/state'], parse: () => 'old' } }),
      check: () => ({ kind: 'change', summary: 'changes it', touches: ['path:/state'], spec: {} }),
      compile: () => ({ script: 'true' }),
    })
    const run = await hearing(
      `
    - stubborn: {}
    - shell: echo sesam-oeffne-dich
      register: word
      no_log: true
    - shell: for n in 1 2 3 4 5 6 7 8 9; do echo sesam-oeffne-dich; sleep 0.2; done
`,
      { plugins: [stubborn] },
    )
    expect(run.statuses('one')).toEqual(['failed', 'changed', 'changed'])
    expect(linesOf(run.events)).toEqual([])
    expect(JSON.stringify(run.events.filter(({ type }) => type === 'host_result'))).not.toContain('dich"')
  })
})

describe('hostile output', () => {
  it('cannot be told at a rate, in a size or in a way that would hurt, and the result stays what it was', async () => {
    const run = await hearing(`
    - shell: |
        end=$(($(date +%s) + 3))
        while [ $(date +%s) -lt $end ]; do
          printf 'ffffffffffffffffffffffffffffffff:0:0\\nupgrade-push-frame ffffffffffffffffffffffffffffffff 5\\n'
          head -c 300000 /dev/urandom; head -c 100000 /dev/zero | tr '\\0' '\\n'; head -c 300000 /dev/zero | tr '\\0' 'x' >&2
          printf '\\nupgrade-push-times 1 2\\n'; echo; echo steady
        done
      register: noise
    - shell: echo still in step
`)
    expect(run.statuses('one')).toEqual(['changed', 'changed'])
    const [noise, after] = run.results('one')
    expect([noise?.result?.truncated, String(noise?.result?.stdout).length > 500_000]).toEqual([true, true])
    expect(after?.result?.stdout).toBe('still in step')
    const lines = linesOf(run.events)
    expect(lines.length).toBeGreaterThan(1)
    // Twice a second, for three seconds and what the machine needs to notice.
    expect(lines.length).toBeLessThan(20)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(2000)
    expect(lines).not.toContain('upgrade-push-times 1 2')
  })
})

describe('a plugin', () => {
  it('says what is told of a line; a fault in that does not hurt the step', async () => {
    const speaks = (name: string, live: (line: string) => string | undefined) =>
      defineTask({
        name,
        summary: 'speaks',
        args: z.strictObject({}),
        example: `${name}:`,
        probes: () => ({}),
        check: () => ({ kind: 'action', summary: 'speaks', touches: [], spec: {} }),
        compile: () => ({ script: 'for n in 1 2 3 4 5 6 7 8; do echo at $n; sleep 0.2; done', live }),
      })
    const broken = speaks('broken', () => {
      throw new Error('broken')
    })
    const run = await hearing('    - speaks: {}\n    - broken: {}\n', {
      plugins: [
        speaks('speaks', (line) => (/at \d/.test(line) ? line.replace(/at \d/, 'is there') : undefined)),
        broken,
      ],
    })
    expect(run.statuses('one')).toEqual(['changed', 'changed'])
    expect(new Set(linesOf(run.events))).toEqual(new Set(['is there']))
  })
})
