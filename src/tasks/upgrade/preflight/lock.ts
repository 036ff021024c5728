import type { Rule } from './situation.ts'

/** Another run at work would change what a check says while it is read. An apply holds the lock itself before it looks. */
export const lock: Rule = ({ lock: { holder } }) =>
  holder === undefined
    ? []
    : [
        {
          key: 'run_lock',
          severity: 'inhibitor',
          title: 'another run holds the host',
          detail: `run ${holder.run} of ${holder.who}, since ${holder.since}`,
          remedy: 'Wait for it to end. If it is dead, an apply takes the host over.',
        },
      ]
