import type { Interrupts } from '../engine/interrupts.ts'
import { EXIT } from '../events/outcome.ts'

/**
 * Ctrl-C and SIGTERM raise the interrupt level; the third leaves at once, after `last` has saved what it can. A terminal that goes away
 * says so more than once (SIGHUP, writes that fail), and nobody pressed anything: it stands for the first level and no more.
 */
export function onSignals(interrupts: Interrupts, last: () => void): () => void {
  const raise = (): void => {
    interrupts.raise()
    if (interrupts.level < 3) return
    last()
    process.exit(EXIT.aborted)
  }
  const hangUp = (): void => {
    if (interrupts.level === 0) raise()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, raise)
  process.on('SIGHUP', hangUp)
  return () => {
    for (const signal of signals) process.off(signal, raise)
    process.off('SIGHUP', hangUp)
  }
}
