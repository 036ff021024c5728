import { expect, test } from 'vitest'
import type { ControlPort } from '../../../src/events/commands.ts'
import type { RunEvent } from '../../../src/events/types.ts'
import { rehearse } from './fleet.ts'

test('a simulated fleet is steered as a real one: left out while it waits, tried again where it failed', async () => {
  let port: ControlPort | undefined
  let paused = false
  const lost: string[] = []
  const mended = new Set<string>()
  const operator = (event: RunEvent): void => {
    if (event.type === 'paused') paused = event.paused
    if (event.type !== 'host_result' || event.item) return
    if (!['failed', 'refused', 'unreachable'].includes(event.status)) return
    lost.push(event.host)
    if (lost.length === 1) setImmediate(firstLoss)
  }
  const firstLoss = (): void => {
    port?.({ command: 'pause' }, 'key')
    port?.({ command: 'skip', host: 'web1000' }, 'shell')
    setImmediate(() => {
      for (const host of lost) if (port?.({ command: 'retry', host }, 'key').accepted) mended.add(host)
      port?.({ command: 'resume' }, 'key')
    })
  }
  const run = await rehearse({
    onPort: (given) => {
      port = given
    },
    sinks: [operator],
  })
  expect(paused).toBe(false)
  expect(mended.size).toBeGreaterThan(0)
  for (const host of mended) {
    const again = run.events.filter((e) => e.type === 'host_steered' && e.host === host && e.state === 'retrying')
    expect(again).toHaveLength(1)
  }
  expect(run.events).toContainEqual(
    expect.objectContaining({ type: 'host_steered', host: 'web1000', state: 'left-out' }),
  )
  expect(run.results('web1000').length).toBeLessThan(7)
  expect(run.events.at(-1)).toMatchObject({ type: 'run_finished', recap: { web1000: { leftOut: 1 } } })
  expect(run.exitCode).not.toBe(0)
})
