import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { emptyState, fold } from '../../src/events/fold.ts'
import { outcomeOf } from '../../src/events/outcome.ts'
import { recap } from '../../src/events/recap.ts'
import type { EventBody, RunEvent } from '../../src/events/types.ts'
import { cleanUp, scratch } from './harness.ts'
import { isPaused, type Move, resultOf, steered, steering } from './steer.ts'

afterEach(cleanUp)

const pause = { command: 'pause' } as const
const resume = { command: 'resume' } as const
const retry = (host: string) => ({ command: 'retry', host }) as const

/** h1 fails in its second step until DIR/mended is there; each step leaves a line in DIR/HOST. */
const FAILS = `- hosts: all
  gather_facts: false
  tasks:
    - shell: echo a >>DIR/{{ inventory_hostname }}
    - shell: echo b >>DIR/{{ inventory_hostname }}; test {{ inventory_hostname }} != h1 || test -e DIR/mended
    - shell: echo c >>DIR/{{ inventory_hostname }}
`
const BRAKED = FAILS.replace('  tasks:', '  any_errors_fatal: true\n  tasks:')

function finalState(events: readonly EventBody[]) {
  return events.reduce(
    (state, event) => fold(state, { v: 1, seq: 1, t: '', run: 'r', ...event } as RunEvent),
    emptyState(),
  )
}

const outcome = (events: readonly EventBody[]) =>
  outcomeOf(finalState(events), { detailedExitcode: false, mode: 'apply' })

/** The operator pauses as h1 fails, mends it, and lets it begin again. */
const mended = (dir: string, step = 1): Move[] => [
  { on: resultOf('h1', step), command: pause },
  { on: isPaused, command: retry('h1'), first: () => writeFileSync(`${dir}/mended`, ''), atRest: true },
  { on: steering('retry'), command: resume },
]

describe('retry', () => {
  it.each([
    ['with the others waiting behind a brake', BRAKED],
    ['in a segment', FAILS],
  ])('begins with the step that failed, and the earlier failure counts no more: %s', async (_, playbook) => {
    const dir = scratch()
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook }, mended(dir))
    expect(run.statuses('h1')).toEqual(['changed', 'failed', 'changed', 'changed'])
    expect(run.statuses('h2')).toEqual(['changed', 'changed', 'changed'])
    expect(run.events.some(({ type }) => type === 'brake')).toBe(false)
    const again = run.events.flatMap((event) => (event.type === 'host_steered' ? [event] : []))
    expect(again).toMatchObject([{ host: 'h1', state: 'retrying', step: 1 }])
    expect(outcome(run.events)).toBe('done')
    expect(recap(finalState(run.events)).h1).toMatchObject({ ok: 3, failed: 0, retried: 1 })
  })

  it('while other hosts are at work: the host catches up with the batch', async () => {
    const dir = scratch()
    const playbook = FAILS.replace(
      'echo c >>',
      'until test {{ inventory_hostname }} = h1 || test -e DIR/caught; do sleep 0.05; done; echo c >>',
    )
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook }, [
      { on: resultOf('h1', 1), command: retry('h1'), first: () => writeFileSync(`${dir}/mended`, ''), atRest: true },
      { on: resultOf('h1', 2), first: () => writeFileSync(`${dir}/caught`, '') },
    ])
    expect(run.answers[0]).toMatchObject({ accepted: true })
    expect(run.statuses('h1')).toEqual(['changed', 'failed', 'changed', 'changed'])
    expect(outcome(run.events)).toBe('done')
  })

  it('of a host that fails again counts once, and may be asked for again', async () => {
    const dir = scratch()
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook: BRAKED }, [
      { on: resultOf('h1', 1), command: pause },
      { on: isPaused, command: retry('h1'), atRest: true },
      { on: steering('retry'), command: retry('h1') },
      { on: steering('retry'), command: resume },
      { on: resultOf('h1', 1), command: pause },
      ...mended(dir).slice(1),
    ])
    expect(run.answers.map(({ command, accepted }) => `${command} ${accepted}`)).toEqual([
      ...['pause true', 'retry true', 'retry false', 'resume true'],
      ...['pause true', 'retry true', 'resume true'],
    ])
    expect(run.statuses('h1')).toEqual(['changed', 'failed', 'failed', 'changed', 'changed'])
    expect(recap(finalState(run.events)).h1).toMatchObject({ failed: 0, retried: 2 })
  })

  it('that does not help leaves the brake as it was', async () => {
    const dir = scratch()
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook: BRAKED }, [
      { on: resultOf('h1', 1), command: pause },
      { on: isPaused, command: retry('h1'), atRest: true },
      { on: steering('retry'), command: resume },
    ])
    expect(run.statuses('h1')).toEqual(['changed', 'failed', 'failed'])
    expect(run.statuses('h2')).toEqual(['changed', 'changed'])
    expect(run.events.find(({ type }) => type === 'brake')).toMatchObject({ reason: expect.stringContaining('1 of 2') })
    expect(recap(finalState(run.events)).h1).toMatchObject({ failed: 1, retried: 1 })
    expect(outcome(run.events)).toBe('failed')
  })

  it('of a host that could not be reached opens its connection anew', async () => {
    const down = ['h1']
    const run = await steered({ down, hosts: ['h1', 'h2'], playbook: BRAKED.replace(/test -e.*/, 'true') }, [
      { on: resultOf('h1', 0), command: pause },
      { on: isPaused, command: retry('h1'), first: () => void down.pop(), atRest: true },
      { on: steering('retry'), command: resume },
    ])
    expect(run.statuses('h1')).toEqual(['unreachable', 'changed', 'changed', 'changed'])
    expect(outcome(run.events)).toBe('done')
  })

  it('of a host whose connection was lost opens it anew, and does not count on what it had answered', async () => {
    const dir = scratch()
    const playbook = `- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - copy: { content: x, dest: DIR/first }
    - shell: test -e DIR/mended || kill -9 $(cut -d' ' -f4 /proc/$PPID/stat)
    - copy: { content: x, dest: DIR/second }
`
    const run = await steered({ dir, hosts: ['h1'], playbook }, [
      { on: resultOf('h1', 1), command: pause },
      {
        on: isPaused,
        first: () => {
          writeFileSync(`${dir}/mended`, '')
          // As if another had made the change that comes next.
          writeFileSync(`${dir}/second`, 'x')
        },
        command: retry('h1'),
        atRest: true,
      },
      { on: steering('retry'), command: resume },
    ])
    expect(run.statuses('h1').slice(0, 3)).toEqual(['changed', 'unreachable', 'changed'])
    expect(run.results('h1')[3]?.diff).toBeUndefined()
    expect(run.statuses('h1')[3]).not.toBe('failed')
    expect(outcome(run.events)).toBe('done')
  })

  it('is taken back by skip', async () => {
    const dir = scratch()
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook: FAILS }, [
      ...mended(dir).slice(0, 2),
      { on: steering('retry'), command: { command: 'skip', host: 'h1' } },
      { on: steering('skip'), command: resume },
    ])
    expect(run.statuses('h1')).toEqual(['changed', 'failed'])
    expect(run.statuses('h2')).toHaveLength(3)
    expect(outcome(run.events)).toBe('failed')
  })

  it('that waits ends with the run, and the host stays failed', async () => {
    const dir = scratch()
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook: BRAKED }, [
      ...mended(dir).slice(0, 2),
      { on: steering('retry'), interrupt: true },
    ])
    expect(run.statuses('h1')).toEqual(['changed', 'failed'])
    expect(recap(finalState(run.events)).h1).toMatchObject({ failed: 1 })
    expect(outcome(run.events)).toBe('aborted')
  })

  it('of the host that runs a step for all shares what it learns with the batch', async () => {
    const dir = scratch()
    const playbook = `- hosts: all
  gather_facts: false
  tasks:
    - shell: test -e DIR/mended && echo yes
      run_once: true
      register: once
    - assert: { that: once.stdout == "yes" }
`
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook }, mended(dir, 0))
    expect(run.statuses('h1')).toEqual(['failed', 'changed', 'ok'])
    expect(run.statuses('h2')).toEqual(['ok'])
    expect(outcome(run.events)).toBe('done')
  })

  it('catches up past a step that another host ran for all', async () => {
    const dir = scratch()
    const playbook = `- hosts: all
  gather_facts: false
  tasks:
    - shell: test {{ inventory_hostname }} != h1 || test -e DIR/mended
    - shell: echo {{ inventory_hostname }}
      run_once: true
      register: once
    - assert: { that: once.stdout == "h2" }
`
    const run = await steered({ dir, hosts: ['h1', 'h2'], playbook }, [
      { on: resultOf('h2', 1), command: pause },
      ...mended(dir).slice(1),
    ])
    expect(run.statuses('h1')).toEqual(['failed', 'changed', 'ok'])
    expect(run.statuses('h2')).toEqual(['changed', 'changed', 'ok'])
    expect(outcome(run.events)).toBe('done')
  })

  it('of a check looks again as if the failed step had never been tried', async () => {
    const dir = scratch()
    const playbook = `- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - copy: { content: x, dest: "DIR/{{ item }}" }
      loop: "{{ ['one'] + (['gone/two'] if inventory_hostname == 'h1' else []) }}"
`
    const run = await steered({ dir, mode: 'check', hosts: ['h1'], playbook }, [
      { on: resultOf('h1', 0), command: pause },
      { on: isPaused, command: retry('h1'), atRest: true },
      { on: steering('retry'), command: resume },
    ])
    const [first, second] = run.results('h1')
    expect(second?.status).toBe(first?.status)
    const items = run.events.flatMap((event) => (event.type === 'host_result' && event.item ? [event.status] : []))
    expect(items.slice(2)).toEqual(items.slice(0, 2))
  })

  it.each([
    ['nobody', 'no play of this run has a host nobody'],
    ['h2', 'h2 has not failed'],
    ['h1', '--limit h1'],
  ])('is refused with the reason: %s', async (host, why) => {
    const playbook = FAILS.replace('  tasks:', '  serial: [2, 1]\n  tasks:')
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], playbook }, [
      { on: resultOf('h3', 0), command: retry(host) },
    ])
    expect(run.answers).toMatchObject([{ accepted: false, message: expect.stringContaining(why) }])
    expect(run.statuses('h3')).toHaveLength(3)
  })

  it('reads a vars file that was missing', async () => {
    const dir = scratch()
    const playbook = `- hosts: all
  gather_facts: false
  vars_files: [DIR/vars.yml]
  tasks:
    - assert: { that: x == 1 }
`
    rmSync(`${dir}/vars.yml`, { force: true })
    const run = await steered({ dir, hosts: ['h1'], playbook }, [
      { on: resultOf('h1', 0), command: pause },
      { on: isPaused, first: () => writeFileSync(`${dir}/vars.yml`, 'x: 1\n'), command: retry('h1'), atRest: true },
      { on: steering('retry'), command: resume },
    ])
    expect(run.statuses('h1')).toEqual(['failed', 'ok'])
  })
})
