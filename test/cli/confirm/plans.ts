import type { HostPlan, PendingStep } from '../../../src/cli/confirm/host-plan.ts'

export const pending = (step: number, words: string, more: Partial<PendingStep> = {}): PendingStep => ({
  play: 0,
  step,
  number: step + 1,
  name: `step ${step + 1}`,
  task: `task${step + 1}`,
  known: true,
  words: [words],
  diff: [],
  ...more,
})

export const hostPlan = (host: string, steps: readonly PendingStep[], more: Partial<HostPlan> = {}): HostPlan => ({
  host,
  pending: [...steps],
  rooms: new Map(),
  ...more,
})
