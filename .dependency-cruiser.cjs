/** The direction of data flow (docs/architecture.md), enforced. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may use only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...allowed.map((part) => `^src/${part}`)] },
})

// Types that cross a boundary are contracts: values.ts, contract.ts, and the types.ts files.
const CONTRACTS = [
  'diagnostics/',
  'expression/values\\.ts$',
  'tasks/contract\\.ts$',
  'inventory/types\\.ts$',
  'playbook/types\\.ts$',
  'remote/types\\.ts$',
  'events/types\\.ts$',
  'events/commands\\.ts$',
]

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('diagnostics', 'diagnostics', []),
    only('expression', 'expression', CONTRACTS),
    only('inventory', 'inventory', ['expression/(yaml/|regex/translate\\.ts|errors\\.ts)', ...CONTRACTS]),
    only('playbook', 'playbook', ['expression/', ...CONTRACTS]),
    only('plan', 'plan', ['expression/', ...CONTRACTS]),
    only('engine', 'engine', ['expression/', 'plan/', 'playbook/args\\.ts$', ...CONTRACTS]),
    only('tasks', 'tasks', ['remote/quote\\.ts$', 'remote/room\\.ts$', ...CONTRACTS]),
    only('remote', 'remote', CONTRACTS),
    only('events', 'events', CONTRACTS),
    only('render', 'render', ['events/', ...CONTRACTS]),
    {
      name: 'pure',
      severity: 'error',
      comment: 'plan and expression decide; they do no I/O (vm: the watchdog of regular expressions)',
      from: { path: '^src/(plan|expression)/' },
      to: { dependencyTypes: ['core'], pathNot: ['^(node:)?(path|crypto|util|vm)$'] },
    },
    {
      name: 'ink-in-one-place',
      comment: 'which is loaded only when the screen opens (below): no other output pays for it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/render/tui/' },
      to: { path: 'node_modules/(ink|react)/' },
    },
    {
      name: 'screen-only-when-it-opens',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/render/tui/' },
      to: { path: '^src/render/tui/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'node-ssh-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/remote/' },
      to: { path: 'node_modules/(node-ssh|ssh2)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
