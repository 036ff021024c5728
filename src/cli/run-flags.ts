import type { Argv, Options } from 'yargs'

/** The flags of a run, in Ansible's spelling. */
export const RUN_FLAGS = {
  inventory: {
    alias: ['i'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Inventory file, directory, executable, or hosts with commas; repeatable',
  },
  limit: {
    alias: ['l'],
    type: 'string',
    nargs: 1,
    describe: 'Only these hosts: a pattern such as web*:!web3, or @file',
  },
  rerun: {
    type: 'string',
    nargs: 2,
    describe:
      'Only hosts that were failed, unreachable, changed, left-out or not-done (commas for several) in a RUN: --rerun failed last',
  },
  check: {
    alias: ['C'],
    type: 'boolean',
    describe: 'Audit: show what would change; nothing is written on a host',
  },
  diff: { alias: ['D'], type: 'boolean', describe: 'Show what changes, as a diff' },
  forks: { alias: ['f'], type: 'string', nargs: 1, default: 32, describe: 'Hosts worked on at the same time' },
  tags: { alias: ['t'], type: 'string', array: true, nargs: 1, describe: 'Only tasks with these tags' },
  'skip-tags': { type: 'string', array: true, nargs: 1, describe: 'Not the tasks with these tags' },
  'extra-vars': {
    alias: ['e'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Variables above all others: key=value, YAML or JSON, or @file',
  },
  user: { alias: ['u'], type: 'string', nargs: 1, describe: 'Log in as this user' },
  become: { alias: ['b'], type: 'boolean', describe: 'Become another user (root) by sudo' },
  'become-user': { type: 'string', nargs: 1, describe: 'User to become' },
  'ask-become-pass': { alias: ['K'], type: 'boolean', describe: 'Ask for the sudo password' },
  'ask-pass': { alias: ['k'], type: 'boolean', describe: 'Ask for the login password' },
  'private-key': { type: 'string', nargs: 1, describe: 'Private key file' },
  timeout: {
    alias: ['T'],
    type: 'string',
    nargs: 1,
    describe: 'Seconds to wait for a connection; otherwise ConnectTimeout of ssh_config, or 20',
  },
  verbose: { alias: ['v'], type: 'count', describe: 'More detail; repeatable' },
  'list-hosts': { type: 'boolean', describe: 'Print the hosts of each play, run nothing' },
  'list-tasks': { type: 'boolean', describe: 'Print the tasks of each play, run nothing' },
  'syntax-check': { type: 'boolean', describe: 'Load and check everything, connect to nothing' },
  'plugin-path': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Directory of task plugins (.mjs); repeatable',
  },
  'accept-new-host-keys': {
    type: 'boolean',
    describe: 'Record keys of hosts that known_hosts does not know; changed keys are still refused',
  },
  'take-over': {
    type: 'boolean',
    describe: 'Take the hosts of this run from one that holds their lock: it is dead, or done with them',
  },
  confirm: {
    type: 'boolean',
    describe:
      'Show the plan and ask before anything is changed, and hold every host to it; tasks that reboot or remove ask by themselves',
  },
  yes: {
    type: 'boolean',
    describe: 'Do not ask. With --confirm the plan is shown and held to; without it no plan is made',
  },
  output: {
    type: 'string',
    nargs: 1,
    choices: ['auto', 'screen', 'plain', 'json'],
    default: 'auto',
    describe: 'Form of the output: auto is the screen on a terminal, else plain; json is one event per line',
  },
  'detailed-exitcode': {
    type: 'boolean',
    describe: 'With --check: exit 3 when changes are pending',
  },
  rehearse: {
    type: 'boolean',
    describe: 'Practise: simulated hosts, the real engine; nothing is connected or changed',
  },
  profile: {
    type: 'string',
    nargs: 1,
    describe: 'What simulated hosts do: a profile file, or a past run (its id or journal)',
  },
  seed: { type: 'string', nargs: 1, describe: 'Number that makes a rehearsal go the same way again' },
  speed: {
    type: 'string',
    nargs: 1,
    describe: 'How many times as fast as real hosts; otherwise so that it takes about a minute',
  },
} satisfies Record<string, Options>

/** Declares the main command's arguments. */
export function runFlags(yargs: Argv): Argv {
  return yargs
    .positional('playbooks', { type: 'string', array: true, describe: 'Playbooks to run, in order' })
    .options(RUN_FLAGS)
    .group(['inventory', 'limit', 'rerun', 'forks'], 'Hosts:')
    .group(['check', 'diff', 'tags', 'skip-tags', 'extra-vars', 'plugin-path', 'take-over', 'confirm', 'yes'], 'Tasks:')
    .group(
      [
        'user',
        'ask-pass',
        'private-key',
        'timeout',
        'accept-new-host-keys',
        'become',
        'become-user',
        'ask-become-pass',
      ],
      'Connection:',
    )
    .group(['rehearse', 'profile', 'seed', 'speed'], 'Rehearsal:')
    .group(['verbose', 'output', 'detailed-exitcode', 'list-hosts', 'list-tasks', 'syntax-check'], 'Output:')
    .example('$0 -i hosts.ini playbooks/initramfs.yml --check --diff', 'show what would change on every host')
    .example('$0 -i hosts.ini playbooks/initramfs.yml -l web1', 'prepare one host, as a canary')
    .example('$0 -i hosts.ini playbooks/initramfs.yml', 'prepare the fleet')
    .example('$0 -i hosts.ini playbooks/cancel.yml', 'take everything away again')
    .example("$0 -i 'web[0001:1000],' playbooks/upgrade.yml --rehearse", 'practise with a thousand simulated hosts')
    .example('$0 -i hosts.ini playbooks/initramfs.yml --rerun failed last', 'those again that failed')
    .example('$0 inventory -i hosts.ini --graph', 'show groups and hosts')
}
