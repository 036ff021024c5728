import type { Buffer } from 'node:buffer'
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadStream } from 'node:tty'
import { UserError } from '../diagnostics/diagnostic.ts'

/** Ctrl-C, the end of input or a no at a question; the message says what was done until then. */
export class AbortedAtPrompt extends Error {
  override name = 'AbortedAtPrompt'
}

/** Asks on the terminal without echo. Throws a usage error where nobody could answer, AbortedAtPrompt when nobody wanted to. */
export async function askSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError(
      {
        message: `can't ask "${question}": standard input is no terminal`,
        hint: 'run this on a terminal, or log in with a key, or keep the password in a variable of the inventory',
      },
      'usage',
    )
  }
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: mute, terminal: true })
  // Only now: the reader has turned the echo off.
  process.stderr.write(`${question}: `)
  try {
    return await answer(reader, 'aborted at the question: no host was connected')
  } finally {
    process.stderr.write('\n')
  }
}

/**
 * Asks on the terminal, where somebody is known to sit. What was typed before the question is no answer to it.
 * Throws AbortedAtPrompt when nobody wanted to answer.
 */
export async function askLine(question: string): Promise<string> {
  await dropTypedAhead(process.stdin)
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
  reader.setPrompt(`${question}: `)
  reader.prompt()
  let answered = false
  try {
    const line = await answer(reader, 'aborted at the question: nothing was changed')
    answered = true
    return line
  } finally {
    if (!answered) process.stderr.write('\n')
  }
}

/** Long enough for the terminal to hand over what it holds. */
const TYPED_AHEAD_MS = 100

/** Reads away what the terminal holds, lines and half a line alike. Throws AbortedAtPrompt when a Ctrl-C is among it. */
async function dropTypedAhead(terminal: ReadStream): Promise<void> {
  let typed = ''
  const take = (chunk: Buffer) => {
    typed += chunk.toString('latin1')
  }
  // Half a line is only given away in raw mode.
  terminal.setRawMode(true)
  terminal.on('data', take).resume()
  await sleep(TYPED_AHEAD_MS)
  terminal.pause().off('data', take)
  terminal.setRawMode(false)
  if (typed.includes('\x03')) throw new AbortedAtPrompt('aborted at the question: nothing was changed')
}

async function answer(reader: Interface, aborted: string): Promise<string> {
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve)
      for (const event of ['SIGINT', 'close']) reader.once(event, () => reject(new AbortedAtPrompt(aborted)))
    })
  } finally {
    reader.close()
  }
}
