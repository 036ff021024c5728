/** Keys of a play that are supported, each with its line for the editor. */
export const PLAY_KEYS = {
  name: 'What the play is called in the output',
  hosts: 'Pattern of hosts and groups, or a list of patterns',
  vars: 'Variables of the play',
  vars_files: 'Files of variables; an entry that is a list stands for its first file that exists',
  become: 'Become another user, root unless become_user says otherwise',
  become_user: 'The user to become',
  become_method: 'How to become that user: sudo',
  become_flags: 'Options for sudo',
  become_exe: 'Path of sudo on the hosts',
  gather_facts: 'Gather facts about the hosts first (default: true)',
  serial: 'Batch size: a number of hosts, a percentage, or a list of these',
  max_fail_percentage: 'Stop when more than this share of a batch has failed or is unreachable',
  any_errors_fatal: 'Stop all hosts when one fails or is unreachable',
  tags: 'Tags of all tasks of the play',
  remote_user: 'User to log in as',
  check_mode: 'Check only (true), or act in check mode too (false)',
  diff: 'Show what changes within files',
  ignore_errors: 'Go on after a failed task',
  no_log: 'Show neither arguments nor results',
  tasks: 'The tasks, in order',
} as const

/** Keys of a task beside the one that names what it does. */
export const TASK_KEYS = {
  name: 'What the task is called in the output',
  args: 'Arguments, beside those of the task itself',
  when: 'Run only where this expression, or each of a list of expressions, is true',
  register: 'Variable for the result',
  loop: 'Run once for each element of this list',
  loop_control: 'Names for the loop: loop_var, index_var, label',
  tags: 'Tags that --tags and --skip-tags choose by',
  vars: 'Variables of this task',
  become: 'Become another user for this task',
  become_user: 'The user to become',
  become_method: 'How to become that user: sudo',
  become_flags: 'Options for sudo',
  become_exe: 'Path of sudo on the hosts',
  check_mode: 'Check only (true), or run in check mode too (false)',
  diff: 'Show what changes within files',
  ignore_errors: 'Go on after a failure of this task',
  changed_when: 'The task counts as changed when this is true',
  failed_when: 'The task counts as failed when this is true',
  no_log: 'Show neither arguments nor results',
  run_once: 'Run on the first host of the batch only',
  delegate_to: 'Run on this host instead',
} as const

const LATER = 'not supported yet'

/** Keys of Ansible's plays that this tool does not have, with what to do instead. */
export const UNSUPPORTED_PLAY_KEYS: ReadonlyMap<string, string | undefined> = new Map<string, string | undefined>([
  ...[
    'roles',
    'handlers',
    'environment',
    'strategy',
    'order',
    'gather_subset',
    'gather_timeout',
    'fact_path',
    'vars_prompt',
    'force_handlers',
    'connection',
    'port',
    'module_defaults',
    'run_once',
    'ignore_unreachable',
    'throttle',
    'timeout',
    'debugger',
    'collections',
    'import_playbook',
    'ansible.builtin.import_playbook',
  ].map((key) => [key, undefined] as const),
  ['pre_tasks', 'write them as the first of `tasks`'],
  ['post_tasks', 'write them as the last of `tasks`'],
  ['port', 'set ansible_port in the inventory'],
  ['connection', 'set ansible_connection in the inventory'],
  ['user', 'write `remote_user`'],
  ['roles', 'write their tasks into `tasks`'],
  ['vars_prompt', 'pass the value with -e'],
])

/** The same for tasks. */
export const UNSUPPORTED_TASK_KEYS: ReadonlyMap<string, string | undefined> = new Map<string, string | undefined>([
  ...[
    'block',
    'rescue',
    'always',
    'notify',
    'listen',
    'until',
    'retries',
    'delay',
    'async',
    'poll',
    'environment',
    'delegate_facts',
    'throttle',
    'timeout',
    'debugger',
    'connection',
    'port',
    'remote_user',
    'module_defaults',
    'any_errors_fatal',
    'ignore_unreachable',
    'collections',
    'include',
    'include_tasks',
    'import_tasks',
    'include_role',
    'import_role',
    'include_vars',
    'meta',
  ].map((key) => [key, undefined] as const),
  ['action', 'name the task itself: `copy: ...`'],
  ['local_action', 'name the task itself, with `delegate_to: localhost`'],
  ['any_errors_fatal', 'set it on the play'],
  ['remote_user', 'set it on the play, or ansible_user in the inventory'],
  ['block', 'write its tasks one by one'],
  ['notify', 'write the handler as a task with `when: result is changed`'],
  ['environment', 'set it within the command: `env NAME=value ...`'],
])

/** Words for a key of Ansible that is known and missing here. */
export function notSupportedYet(key: string): string {
  return `"${key}" is ${LATER}`
}

/** `with_items` and its kin. */
export function isWithLoop(key: string): boolean {
  return /^with_[a-z_]+$/.test(key)
}
