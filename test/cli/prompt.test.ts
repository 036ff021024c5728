import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { askSecret } from '../../src/cli/prompt.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

test('nobody is asked where nobody could answer', async () => {
  await expect(askSecret('SSH password')).rejects.toThrow(
    'can\'t ask "SSH password": standard input is no terminal\n  run this on a terminal',
  )
})

/** Runs the command line on a terminal of its own and types `keys` at its first question. */
async function typeAtPrompt(keys: string): Promise<{ code: number; shown: string }> {
  const command = 'node --import tsx src/cli/main.ts -i localhost, playbooks/cancel.yml --check -k'
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: PROJECT, stdio: ['pipe', 'pipe', 'ignore'] })
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!shown.includes('password:') && (shown + text).includes('password:')) child.stdin.write(keys)
    shown += text
  })
  const late = setTimeout(() => child.kill('SIGKILL'), 50_000)
  const [code] = (await once(child, 'close')) as [number]
  clearTimeout(late)
  return { code, shown }
}

test.each([
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('%s at a question aborts before anything is connected: exit code 99', { timeout: 60_000 }, async (_, keys) => {
  const { code, shown } = await typeAtPrompt(keys)
  expect(shown).toContain('aborted at the question: no host was connected')
  expect(shown).not.toContain('PLAY')
  expect(code).toBe(99)
})
