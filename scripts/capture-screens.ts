import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tmux } from '../lab/tmux.ts'

// Draws the built program's screen on a real terminal (tmux), on a rehearsal of 1000 simulated hosts, and keeps it as text in docs/screens/.

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
const OUT = join(PROJECT, 'docs/screens')
const COMMAND = 'upgrade-push -i hosts.ini initramfs.yml --rehearse --seed 7'

const dir = await mkdtemp(join(tmpdir(), 'upgrade-push-screens-'))
await mkdir(OUT, { recursive: true })
await writeFile(join(dir, 'hosts.ini'), '[web]\nweb[0001:1000]\n')

async function keep(name: string, text: string): Promise<void> {
  const lines = text
    .replaceAll(dir, '/home/operator')
    .split('\n')
    .map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  await writeFile(join(OUT, `${name}.txt`), `${lines.join('\n')}\n`)
}

async function start(columns: number, rows: number, more: string): Promise<Tmux> {
  const terminal = await Tmux.start({ columns, rows, cwd: dir, env: { XDG_STATE_HOME: join(dir, 'state') } })
  await terminal.type(
    `upgrade-push() { ${process.execPath} ${PROJECT}dist/upgrade-push.mjs "$@"; }; cp ${PROJECT}playbooks/initramfs.yml . ; clear`,
  )
  await terminal.keys('Enter')
  await terminal.type(`${COMMAND} ${more}`)
  await terminal.keys('Enter')
  return terminal
}

const apply = await start(100, 32, '')
try {
  await apply.until(/[1-9]\d* done\n/, 120)
  await keep('apply-100x32', await apply.screen())
  await apply.keys('p')
  await apply.until(/\[PAUSED/)
  await keep('paused-100x32', await apply.screen())
  await apply.keys('o')
  await apply.until(/── groups/)
  await keep('groups-100x32', await apply.screen())
  await apply.keys('o')
  await apply.until(/── hosts/)
  await apply.keys('r', 'j', 'Enter')
  await apply.until(/── web\d+/)
  await keep('host-100x32', await apply.screen())
  await apply.keys('p')
  await apply.until(/\[PAUSED/)
  await apply.keys('Enter')
  await apply.until(/── hosts/)
  await apply.keys('?')
  await apply.until(/── help/)
  await keep('help-100x32', await apply.screen())
  await apply.keys('?')
  await apply.until(/── hosts/)
  await apply.resize(60, 20)
  await apply.until(/^.{1,60}\n/)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await keep('apply-60x20', await apply.screen())
  await apply.resize(200, 50)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await keep('apply-200x50', await apply.screen())
  await apply.resize(80, 24)
  await apply.keys('A')
  await apply.until(/Type "abort"/)
  await keep('abort-now-80x24', await apply.screen())
  await apply.type('abort')
  await apply.keys('Enter')
  // Somebody moved the cursor, so the end waits to be seen.
  await apply.until(/\[ENDED/, 120)
  await apply.keys('q')
  await apply.until(/to do this again:/)
  await keep('after-80x24', await apply.screen())
} finally {
  await apply.vanish()
}

const check = await start(100, 32, '--check --diff')
try {
  await check.until(/plan: \d+ the same/, 120)
  await keep('check-100x32', await check.screen())
  await check.keys('o')
  await check.until(/── groups/)
  await keep('check-groups-100x32', await check.screen())
} finally {
  await check.vanish()
}

// A fleet that is nearly alike: on three hosts or so somebody has been at one step before.
await writeFile(
  join(dir, 'alike.yml'),
  `others: { seconds: 2, look: 2, changed: 100%, unreachable: 0%, refused: 0%, failed: 0% }
names:
  Boot entry: { changed: 99.8% }
  Kernel and image in /boot: { changed: 99.9% }
`,
)
const alike = await start(100, 32, '--check --diff --profile alike.yml')
try {
  await alike.until(/plan: \d+ the same/, 120)
  await alike.keys('o')
  await alike.until(/\n99\d the same, [1-9] differ[\s\S]*\[ENDED|\[ENDED[\s\S]*\n99\d the same, [1-9] differ/, 180)
  await keep('check-differ-100x32', await alike.screen())
} finally {
  await alike.vanish()
  await rm(dir, { recursive: true, force: true })
}

/** Puts a screen's text behind each comment that names it. */
for (const name of ['docs/screen.md', 'README.md']) {
  const path = join(PROJECT, name)
  const parts = (await readFile(path, 'utf8')).split(/(<!-- screen: [\w-]+ -->\n)(?:```text\n[\s\S]*?\n```\n)?/)
  const filled = parts.map(async (part) => {
    const screen = /^<!-- screen: ([\w-]+) -->/.exec(part)?.[1]
    return screen === undefined
      ? part
      : `${part}\`\`\`text\n${await readFile(join(OUT, `${screen}.txt`), 'utf8')}\`\`\`\n`
  })
  await writeFile(path, (await Promise.all(filled)).join(''))
}
