import { describe, expect, it, test } from 'vitest'
import { refuseMisleading, refuseMistypedCommand, usageError } from '../../src/cli/usage.ts'
import { UserError } from '../../src/diagnostics/diagnostic.ts'

const FLAGS = { names: ['check', 'C', 'limit', 'l', 'list', 'verbose', 'v'], switches: new Set(['check', 'C', 'list']) }

function refused(...args: string[]): string {
  try {
    refuseMisleading(args, FLAGS)
  } catch (error) {
    if (error instanceof UserError && error.kind === 'usage') return error.message
    throw error
  }
  return ''
}

describe('a word that the parser would take for something else', () => {
  it.each([
    [['--check=yes', 'x.yml'], '--check takes no value'],
    [['-C=1', 'x.yml'], '-C takes no value'],
    [['--check', 'false', 'x.yml'], '--check takes no value'],
    [['--chek', 'x.yml'], 'unknown option: --chek\n  did you mean "--check"?'],
    [['--start-at-task', 'x'], '--start-at-task of ansible-playbook does not exist here\n  run the whole playbook'],
    [['--become-method=su'], '--become-method of ansible-playbook does not exist here\n  it is always sudo'],
  ])('%j', (args, message) => expect(refused(...args)).toContain(message))

  it.each([[['--check', 'x.yml']], [['-vC', '--limit=web1', 'true.yml']], [['--limit', 'false']], [['--', '--chek']]])(
    'lets %j pass',
    (args) => expect(refused(...args)).toBe(''),
  )
})

test.each([
  ['Unknown argument: list', '--list does not belong to this command\n  see: upgrade-push --help'],
  ['Unknown arguments: c, local', '-c of ansible-playbook does not exist here\n  set ansible_connection'],
  ['Unknown argument: x', 'unknown option: -x\n  see: upgrade-push --help'],
  ['Not enough non-option arguments: got 0, need at least 1', 'no playbook\n  name one: upgrade-push -i INVENTORY'],
  ['Not enough arguments following: limit', '--limit needs a value\n  see: upgrade-push --help'],
  ['Not enough arguments following: rerun', '--rerun needs two words\n  write --rerun WHAT RUN, such as'],
  [
    'Invalid values:\n  Argument: output, Given: "xml", Choices: "plain", "json"',
    '--output: "xml" is not among: plain, json\n',
  ],
])('what the parser says, %j, becomes one line and what to do', (said, ours) => {
  const error = usageError(said, FLAGS)
  expect(error.kind).toBe('usage')
  expect(error.message).toContain(ours)
})

test('a word that no command wants is no option', () => {
  expect(usageError('Unknown argument: limit', FLAGS, ['runs', 'limit']).message).toContain('a word too many: "limit"')
})

test.each([
  [['resume', 'last', '--limit', 'x'], 'Unknown argument: limit', 'see: upgrade-push resume --help'],
  [['runs', 'show', 'last', '--limit', 'x'], 'Unknown argument: limit', 'see: upgrade-push runs show --help'],
  [['runs', '--limit', 'x'], 'Unknown argument: limit', 'see: upgrade-push runs --help'],
  [['inventory', 'graph'], 'Unknown argument: graph', 'see: upgrade-push inventory --help'],
  [['watch', '--zzzz'], undefined, 'see: upgrade-push watch --help'],
  [['-i', 'h', 'p.yml', '--list'], 'Unknown argument: list', 'see: upgrade-push --help'],
])('of %j the help that is named is that of the command', (args, said, help) => {
  expect(said === undefined ? refused(...args) : usageError(said, FLAGS, args).message).toMatch(new RegExp(`${help}$`))
})

describe('a command that is mistyped would be taken for a playbook', () => {
  const refuse = (...args: string[]) => refuseMistypedCommand(args, (path) => path === 'wach')

  it.each([
    ['runz', 'runs'],
    ['inventroy', 'inventory'],
    ['contrl', 'control'],
  ])('%s', (word, meant) =>
    expect(() => refuse(word, 'last')).toThrow(
      `there is neither a command nor a playbook "${word}"\n  did you mean "${meant}"?`,
    ),
  )

  it.each(['runs', 'wach', 'site.yml', 'playbooks/runs', '-i', ''])('lets "%s" pass', (word) =>
    expect(() => refuse(word)).not.toThrow(),
  )
})
