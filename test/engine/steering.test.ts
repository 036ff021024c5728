import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { EventBody } from '../../src/events/types.ts'
import { defineTask, type Task } from '../../src/tasks/contract.ts'
import { cleanUp } from './harness.ts'
import { isPaused, resultOf, steered, steering } from './steer.ts'

afterEach(cleanUp)

const THREE = `- hosts: all
  gather_facts: false
  tasks:
    - command: "true"
    - command: "true"
    - command: "true"
`
/** Every host meets the others after each step. */
const BRAKED = THREE.replace('  tasks:', '  max_fail_percentage: 90\n  tasks:')

const kinds = (events: readonly EventBody[]) =>
  events.flatMap((event) => {
    if (event.type === 'paused') return [event.paused ? 'paused' : 'resumed']
    if (event.type === 'host_result') return [`${event.host}.${event.step}`]
    if (event.type === 'batch_started') return [`batch ${event.batch}`]
    return event.type === 'interrupt' ? [`interrupt ${event.level}`] : []
  })

describe('pause', () => {
  it('lets the step that is under way end, sends what was gathered, and begins no other until resume', async () => {
    const run = await steered({ playbook: BRAKED }, [
      { on: resultOf('one', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'resume' }, atRest: true },
    ])
    expect(kinds(run.events)).toEqual(['batch 0', 'one.0', 'paused', 'resumed', 'one.1', 'one.2'])
    expect(run.answers).toMatchObject([{ accepted: true }, { accepted: true }])
  })

  it('sends what was gathered before it waits', async () => {
    const run = await steered({ playbook: THREE }, [
      { on: (event) => event.type === 'task_started' && event.step === 2, command: { command: 'pause' } },
      { on: isPaused, command: { command: 'resume' }, atRest: true },
    ])
    expect(run.statuses('one')).toEqual(['changed', 'changed', 'changed'])
  })

  it('is refused while paused, and so is resume while not', async () => {
    const run = await steered({ playbook: BRAKED }, [
      { on: resultOf('one', 0), command: { command: 'resume' } },
      { on: steering('resume'), command: { command: 'next' } },
      { on: steering('next'), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'pause' } },
      { on: steering('pause'), command: { command: 'resume' }, atRest: true },
    ])
    expect(run.answers.map(({ accepted }) => accepted)).toEqual([false, false, true, false, true])

    expect(run.answers[1]?.message).toContain('not paused')
  })

  it('never holds up Ctrl-C: whoever waits goes home', async () => {
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], forks: 2, playbook: THREE }, [
      { on: (event) => event.type === 'batch_started', command: { command: 'pause' } },
      { on: isPaused, interrupt: true, atRest: true },
    ])
    expect(kinds(run.events)).toEqual(['batch 0', 'paused', 'interrupt 1'])
  })

  it('holds up no command: abort while paused ends the run', async () => {
    const run = await steered({ playbook: BRAKED }, [
      { on: resultOf('one', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'abort' }, atRest: true },
      { on: (event) => event.type === 'interrupt', command: { command: 'abort' } },
      { on: steering('abort'), command: { command: 'resume' } },
      { on: steering('resume'), command: { command: 'abort-now' } },
    ])
    expect(run.answers.map(({ accepted }) => accepted)).toEqual([true, true, false, false, true])
    expect(kinds(run.events)).toEqual(['batch 0', 'one.0', 'paused', 'interrupt 1', 'interrupt 2'])
  })
})

describe('next', () => {
  const inTurn = (playbook: string) => playbook.replace('  tasks:', '  serial: 1\n  tasks:')
  const batches = (events: readonly EventBody[]) => kinds(events).filter((kind) => !kind.startsWith('h'))

  it('goes on batch by batch, and pauses before each that follows', async () => {
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], playbook: inTurn(BRAKED) }, [
      { on: resultOf('h1', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'next' }, atRest: true },
      { on: isPaused, command: { command: 'next' }, atRest: true },
      { on: isPaused, command: { command: 'next' }, atRest: true },
    ])
    expect(batches(run.events)).toEqual([
      'batch 0',
      ...['paused', 'resumed', 'paused', 'resumed', 'batch 1'],
      ...['paused', 'resumed', 'batch 2'],
    ])
    expect(run.statuses('h3')).toHaveLength(3)
  })

  it('means the next batch where this one was done while the run was paused', async () => {
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], playbook: inTurn(BRAKED) }, [
      { on: resultOf('h1', 2), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'next' }, atRest: true },
      { on: isPaused, command: { command: 'resume' }, atRest: true },
    ])
    expect(batches(run.events)).toEqual([
      ...['batch 0', 'paused', 'resumed', 'batch 1'],
      ...['paused', 'resumed', 'batch 2'],
    ])
  })

  it('is taken back by resume', async () => {
    const run = await steered({ hosts: ['h1', 'h2'], playbook: inTurn(THREE) }, [
      { on: (event) => event.type === 'batch_started', command: { command: 'pause' } },
      { on: isPaused, command: { command: 'next' }, atRest: true },
      { on: resultOf('h1', 2), command: { command: 'resume' } },
    ])
    expect(run.answers.every(({ accepted }) => accepted)).toBe(true)
    expect(run.events.filter(isPaused)).toHaveLength(1)
    expect(run.statuses('h2')).toHaveLength(3)
  })
})

describe('skip', () => {
  const left = (events: readonly EventBody[]) =>
    events.flatMap((event) => (event.type === 'host_steered' ? [`${event.host} ${event.state} ${event.step}`] : []))

  it('takes a host that waits out at once', async () => {
    const run = await steered({ hosts: ['h1', 'h2'], forks: 1, playbook: THREE }, [
      { on: (event) => event.type === 'task_started', command: { command: 'skip', host: 'h2' } },
      { on: steering('skip'), command: { command: 'skip', host: 'h2' } },
    ])
    expect(left(run.events)).toEqual(['h2 left-out 0'])
    expect(run.statuses('h1')).toHaveLength(3)
    expect(run.statuses('h2')).toEqual([])
    expect(run.answers[1]?.message).toContain('already')
  })

  it('lets a host that is in a step finish it', async () => {
    const run = await steered({ hosts: ['h1', 'h2'], playbook: BRAKED }, [
      { on: (event) => event.type === 'intent' && event.host === 'h1', command: { command: 'skip', host: 'h1' } },
    ])
    expect(run.statuses('h1')).toEqual(['changed'])
    expect(left(run.events)).toEqual(['h1 left-out 1'])
    expect(run.statuses('h2')).toHaveLength(3)
  })

  it('takes a host out while the run is paused, and one of a batch to come', async () => {
    const playbook = BRAKED.replace('  tasks:', '  serial: 2\n  tasks:')
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], playbook }, [
      { on: resultOf('h1', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'skip', host: 'h1' }, atRest: true },
      { on: steering('skip'), command: { command: 'skip', host: 'h3' } },
      { on: steering('skip'), command: { command: 'resume' }, atRest: true },
    ])
    expect(left(run.events)[0]).toMatch(/^h[13] left-out/)
    expect(left(run.events)).toHaveLength(2)
    expect(run.statuses('h1')).toEqual(['changed'])
    expect(run.statuses('h2')).toHaveLength(3)
    expect(run.events.filter(({ type }) => type === 'batch_started')).toHaveLength(1)
  })

  it.each([
    ['a host that nobody knows', 'nobody', 'no play of this run has a host nobody'],
    ['a host that failed', 'h1', 'failed'],
  ])('refuses %s', async (_, host, why) => {
    const playbook = THREE.replace('command: "true"', 'fail: { msg: x }\n      when: inventory_hostname == "h1"')
    const run = await steered({ hosts: ['h1', 'h2'], playbook }, [
      { on: resultOf('h1', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'skip', host }, atRest: true },
      { on: steering('skip'), command: { command: 'resume' } },
    ])
    expect(run.answers[1]).toMatchObject({ accepted: false })
    expect(run.answers[1]?.message).toContain(why)
  })

  it('refuses a host that has nothing left', async () => {
    const playbook = BRAKED.replace('  tasks:', '  serial: 1\n  tasks:')
    const run = await steered({ hosts: ['h1', 'h2'], playbook }, [
      { on: resultOf('h2', 0), command: { command: 'skip', host: 'h1' } },
      { on: resultOf('h2', 2), command: { command: 'skip', host: 'h2' } },
    ])
    expect(run.answers.map(({ accepted }) => accepted)).toEqual([false, false])
  })

  it('hands a step that runs once to the next host', async () => {
    const playbook = THREE.replace('command: "true"', 'command: "true"\n      run_once: true')
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], playbook }, [
      { on: (event) => event.type === 'task_started', command: { command: 'skip', host: 'h1' } },
    ])
    expect(run.statuses('h1')).toEqual([])
    expect(run.statuses('h2')).toHaveLength(3)
    expect(run.statuses('h3')).toHaveLength(2)
  })

  it('counts a host that was left out neither as lost nor as one of those that are well', async () => {
    const playbook = `- hosts: all
  gather_facts: false
  max_fail_percentage: 40
  tasks:
    - fail: { msg: x }
      when: inventory_hostname == "h1"
    - command: "true"
`
    const all = await steered({ hosts: ['h1', 'h2', 'h3'], playbook }, [])
    expect(all.events.some(({ type }) => type === 'brake')).toBe(false)
    const run = await steered({ hosts: ['h1', 'h2', 'h3'], playbook }, [
      { on: (event) => event.type === 'task_started', command: { command: 'skip', host: 'h3' } },
    ])
    const brake = run.events.flatMap((event) => (event.type === 'brake' ? [event] : []))[0]
    expect(brake?.reason).toContain('1 of 2')
    expect(brake?.remaining).toEqual(['h2'])
  })
})

it('outside of a run every command is refused, and none is told of', async () => {
  const run = await steered({ playbook: THREE }, [])
  expect(run.port({ command: 'pause' }, 'shell')).toMatchObject({ accepted: false })
  expect(run.events.some(({ type }) => type === 'steering')).toBe(false)
})

describe('a brake that is about to stop the play', () => {
  const SHARE = `- hosts: all
  gather_facts: false
  max_fail_percentage: 40
  tasks:
    - command: "{{ 'false' if inventory_hostname == 'h2' else 'true' }}"
    - command: "true"
`
  const paused = { hosts: ['h1', 'h2', 'h3'], playbook: SHARE }
  const then =
    'the brake stops this play then: max_fail_percentage 40: 1 of 2 hosts of the batch failed; retry h2 first'

  it('is told by skip, and by the first resume, which is refused; the second is meant', async () => {
    const run = await steered(paused, [
      { on: resultOf('h2', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'skip', host: 'h3' }, atRest: true },
      { on: steering('skip'), command: { command: 'next' } },
      { on: steering('next'), command: { command: 'resume' } },
    ])
    expect(run.answers.slice(1)).toMatchObject([
      { command: 'skip', accepted: true, message: expect.stringContaining(`; ${then}`) },
      { command: 'next', accepted: false, message: `${then}; next once more lets it` },
      { command: 'resume', accepted: true, message: then },
    ])
    expect(run.events.find(({ type }) => type === 'brake')).toBeDefined()
  })

  it('is none once the lost host is to begin again', async () => {
    const run = await steered(paused, [
      { on: resultOf('h2', 0), command: { command: 'pause' } },
      { on: isPaused, command: { command: 'skip', host: 'h3' }, atRest: true },
      { on: steering('skip'), command: { command: 'retry', host: 'h2' } },
      { on: steering('retry'), command: { command: 'resume' } },
    ])
    expect(run.answers.at(-1)).toMatchObject({ command: 'resume', accepted: true, message: 'all hosts go on' })
  })
})

describe('abort-now', () => {
  it('says how many hosts go on with their upgrade by themselves', async () => {
    let begin: () => void = () => {}
    const asked = new Promise<void>((resolve) => {
      begin = resolve
    })
    const followed = defineTask({
      name: 'followed',
      summary: 'As a host that is watched through its upgrade.',
      args: z.strictObject({}),
      example: 'followed:',
      probes: () => ({}),
      attend: () => ({ kind: 'ok' }),
      load: () => asked,
      check: () => ({ kind: 'ok' }),
    }) as unknown as Task
    const playbook = '- hosts: all\n  gather_facts: false\n  tasks:\n    - followed: {}\n'
    const run = await steered({ hosts: ['h1', 'h2'], plugins: [followed], playbook }, [
      { on: (event) => event.type === 'task_started', command: { command: 'abort-now' }, atRest: true, first: begin },
    ])
    expect(run.answers[0]?.message).toMatch(
      /; 2 hosts in the middle of their upgrade go on by themselves and are not watched any more$/,
    )
  })
})
