import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INITRAMFS, Workspace } from './cli.ts'
import { put } from './files.ts'

// What is wrong with a command line, an inventory or a playbook is told before any host is connected: nothing here needs one.

let work: Workspace
beforeAll(async () => {
  work = await Workspace.make()
  await put(work, 'hosts.ini', '[web]\nweb1\nweb2\n')
})
afterAll(() => work.remove())

/** Runs a line of words: PLAYBOOK is the main one, `''` an empty word, and a plain file name one of the workspace. */
function words(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const meaning = (word: string) => {
    if (word === 'PLAYBOOK') return INITRAMFS
    if (word === "''") return ''
    return /^[\w-]+\.(ini|yml)$/.test(word) ? `${work.dir}/${word}` : word
  }
  return work.run(
    line
      .split(' ')
      .filter((word) => word !== '')
      .map(meaning),
  )
}

/** Every error is a message with what to do, no stack trace, and nothing on stdout. */
async function refuses(line: string, code: number, says: RegExp): Promise<void> {
  const { code: got, stdout, stderr } = await words(line)
  expect([got, stdout, stderr]).toEqual([code, '', expect.stringMatching(says)])
  expect(stderr).not.toMatch(/\n\s+at |has a bug|undefined|NaN|\[object/)
}

describe('options', () => {
  test.each([
    ['', 5, /^no playbook\n.*upgrade-push -i/],
    ['-i hosts.ini', 5, /^no playbook\n/],
    ['PLAYBOOK', 5, /^no inventory\n.*-i hosts.ini/],
    ['-i hosts.ini PLAYBOOK --bogus', 5, /^unknown option: --bogus\n/],
    ['-i hosts.ini --chek PLAYBOOK', 5, /^unknown option: --chek\n.*"--check"/],
    ['-i hosts.ini PLAYBOOK -x', 5, /^unknown option: -x\n/],
    ['-i hosts.ini PLAYBOOK --check=yes', 5, /^--check takes no value/],
    ['-i hosts.ini PLAYBOOK -DC=1', 5, /^-C takes no value/],
    ['-i hosts.ini PLAYBOOK --check false', 5, /^--check takes no value/],
    ['-i hosts.ini PLAYBOOK -f 0', 5, /^--forks: must be a whole number from 1 to 2000\n$/],
    ['-i hosts.ini PLAYBOOK -f many', 5, /^--forks: must be/],
    ['-i hosts.ini PLAYBOOK -f', 5, /^-f needs a value/],
    ['-i hosts.ini PLAYBOOK -T 0', 5, /^--timeout: must be a whole number from 1 to 3600 seconds/],
    ['-i hosts.ini PLAYBOOK --output xml', 5, /^--output: "xml" is not among: auto, screen, plain, json/],
    ['-i hosts.ini PLAYBOOK -l web1 -l web2', 5, /^--limit: is there more than once/],
    ['-i hosts.ini PLAYBOOK -e novalue', 5, /^--extra-vars:1:1: not a variable/],
    ['-i hosts.ini PLAYBOOK -K', 5, /^can't ask "BECOME password": standard input is no terminal/],
    ['-i hosts.ini PLAYBOOK -k', 5, /^can't ask "SSH password"/],
    ['-i hosts.ini PLAYBOOK -t boot', 1, /^--tags: no task has the tag "boot"/],
    ['-i hosts.ini PLAYBOOK --skip-tags boot', 1, /^--skip-tags: no task has the tag "boot"/],
    ["-i hosts.ini PLAYBOOK -t ''", 5, /^--tags: needs a value/],
    ['-i hosts.ini PLAYBOOK -e @/nowhere.yml', 1, /^\/nowhere.yml: can't be read: no such file/],
    ['-i hosts.ini PLAYBOOK --plugin-path /nowhere', 1, /^cannot read the plugin directory \/nowhere/],
    ['-i hosts.ini PLAYBOOK --private-key /nowhere/key', 1, /^--private-key: \/nowhere\/key: there is no such file/],
    ['-i hosts.ini /nowhere/play.yml', 1, /^\/nowhere\/play.yml: the playbook can't be read: there is no such file/],
    ['-i hosts.ini /tmp', 1, /^\/tmp: the playbook can't be read: it is a directory/],
    ['inventory -i hosts.ini', 5, /^give exactly one of --list, --graph and --host/],
    ['inventory -i hosts.ini --list --bogus', 5, /^unknown option: --bogus/],
    ['inventory -i hosts.ini --host web9', 1, /web9/],
  ] as const)('%s', refuses)
})

describe('hosts', () => {
  test.each([
    ['-i /nowhere PLAYBOOK', 1, /^no such inventory: \/nowhere\n.*comma/],
    ['-i /dev/null PLAYBOOK', 1, /the inventory is empty/],
    ['-i hosts.ini PLAYBOOK -l web9', 1, /^--limit:1:1: no host or group matches "web9"\n/],
    ['-i hosts.ini PLAYBOOK -l web1,web9', 1, /^--limit:1:6: no host or group matches "web9"\n/],
    ["-i hosts.ini PLAYBOOK -l ''", 1, /^--limit:1:1: the pattern is empty/],
    ['-i hosts.ini PLAYBOOK -l web1:!web1', 1, /^--limit:1:1: the limit leaves no hosts/],
    ['-i hosts.ini PLAYBOOK -l @/nowhere.txt', 1, /nowhere\.txt/],
  ] as const)('%s', refuses)

  test.each([
    ['[web]\nweb[5:1]\n', /:2:4: the range is reversed.*\n.*\n.*\n.*\[1:5\]/],
    ['[web\nweb1\n', /:1:1: "\[" is not closed/],
    ['web1 ansible_host\n', /:1:6: expected key=value/],
    ['[a:children]\nb\n[b:children]\na\n', /:4:1: .*loop of groups/],
    ['[web]\n', /no hosts in the inventory/],
    ['\xff\xfe', /not UTF-8/],
  ])('inventory %j', async (text, says) => {
    await put(work, 'bad.ini', Buffer.from(text, 'latin1'))
    await refuses('-i bad.ini PLAYBOOK', 1, says)
  })
})

describe('playbooks', () => {
  test.each([
    ['nothing', '', /bad.yml:1:1: the playbook is empty/],
    ['no list', 'hosts: web\n', /bad.yml:1:1: a playbook must be a list of plays/],
    ['an open quote', '- hosts: web\n  tasks:\n    - name: "x\n', /bad.yml:\d+:\d+: YAML: /],
    ['a tab', '- hosts: web\n\ttasks: []\n', /bad.yml:2:2: YAML: a tab/],
    ['no such host', '- hosts: db\n  tasks: []\n', /bad.yml:1:10: no host or group matches "db"/],
    [
      'an unknown task',
      '- hosts: web\n  tasks:\n    - instal_rpms: {}\n',
      /:3:7: unknown task "instal_rpms"[\s\S]*"install_rpms"/,
    ],
    ['an unknown keyword', '- hosts: web\n  tasks:\n    - ping:\n      registr: x\n', /:4:7: [\s\S]*"register"/],
    [
      'an unknown argument',
      '- hosts: web\n  tasks:\n    - install_rpms: {release: "9", repositores: [a]}\n',
      /:3:36: install_rpms has no argument "repositores"[\s\S]*"repositories"/,
    ],
    [
      'a wrong type',
      '- hosts: web\n  tasks:\n    - boot_entry: {arm: maybe}\n',
      /:3:25: arm: expected true or false, got the text "maybe"/,
    ],
    [
      'a wrong keyword type',
      '- hosts: web\n  serial: {}\n  tasks: []\n',
      /:2:11: serial: expected a number of hosts or a percentage/,
    ],
    ['a broken expression', '- hosts: web\n  tasks:\n    - ping:\n      when: "x =="\n', /:4:\d+: /],
    [
      'a lookup',
      "- hosts: web\n  tasks:\n    - debug: {msg: \"{{ lookup('pipe', 'id') }}\"}\n",
      /lookup\(\) is not supported/,
    ],
  ])('%s', async (_, text, says) => {
    await put(work, 'bad.yml', text)
    await refuses('-i hosts.ini bad.yml', 1, says)
    await refuses('-i hosts.ini bad.yml --list-tasks', 1, says)
  })

  test('every mistake is shown at once, each in its place', async () => {
    await put(work, 'bad.yml', '- hosts: web\n  tasks:\n    - pingg:\n    - copi: {}\n    - debug: {mgs: x}\n')
    const { stderr } = await words('-i hosts.ini bad.yml')
    expect(stderr.match(/bad\.yml:\d+:\d+/g)).toEqual(['bad.yml:3:7', 'bad.yml:4:7', 'bad.yml:5:15'])
  })

  test('a plugin that is none', async () => {
    await put(work, 'broken.mjs', 'export default 7\n')
    await refuses(`-i hosts.ini PLAYBOOK --plugin-path ${work.dir}`, 1, /broken\.mjs/)
  })
})

describe('what connects to no host', () => {
  test('--list-hosts, --list-tasks, --syntax-check, --version, --help', async () => {
    const hosts = await words('-i hosts.ini PLAYBOOK --list-hosts -l web2')
    expect([hosts.code, hosts.stderr, hosts.stdout]).toEqual([
      0,
      '',
      expect.stringMatching(/hosts \(1\):\n {6}web2\n$/),
    ])
    const tasks = await words('-i hosts.ini PLAYBOOK --list-tasks')
    expect(tasks.stdout.match(/^ {6}\S/gm)).toHaveLength(7)
    const syntax = await words('-i hosts.ini PLAYBOOK --syntax-check')
    expect([syntax.code, syntax.stdout]).toEqual([0, `${INITRAMFS}: ok\n`])
    expect((await words('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    const help = await words('--help')
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--detailed-exitcode')])
  })

  test('leaves no journal', async () => {
    await expect(work.runs()).rejects.toThrow(/ENOENT/)
  })
})
