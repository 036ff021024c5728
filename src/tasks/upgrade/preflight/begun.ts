import type { Rule } from './situation.ts'

/** Somebody booted the old kernel of such a host by hand. Preparing it anew would take away what the recovery entry needs. */
export const halfReplaced: Rule = ({ begun }) =>
  begun.unfinished
    ? [
        {
          key: 'half_replaced',
          severity: 'inhibitor',
          title: 'an upgrade was begun on this host and not completed',
          detail:
            'some of its packages are of the old release and some of the new one; only the recovery entry can complete them',
          remedy: 'Boot the recovery entry (it is the default), then run the playbook with -e resume=true.',
        },
      ]
    : []
