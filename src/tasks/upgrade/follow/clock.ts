import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from './follow.ts'

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
  random: Math.random,
}
