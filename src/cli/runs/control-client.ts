import { connect } from 'node:net'
import { z } from 'zod'
import { UserError } from '../../diagnostics/diagnostic.ts'
import type { SteeringAnswer, SteeringCommand } from '../../events/commands.ts'
import { controlPath } from './control-path.ts'

const ANSWER_MS = 5_000
/** Longer answers are none of ours. */
const LONGEST = 64 * 1024

const steeringAnswer = z.object({ accepted: z.boolean(), message: z.string() })

/** Sends one command to the process that drives a run, over the socket in the run's directory. Rejects with UserError when nobody answers. */
export async function askRun(dir: string, run: string, command: SteeringCommand): Promise<SteeringAnswer> {
  let line: string
  try {
    line = await exchange(dir, `${JSON.stringify(command)}\n`)
  } catch (error) {
    throw silent(run, error)
  }
  const parsed = steeringAnswer.safeParse(parseJson(line))
  if (parsed.success) return parsed.data
  throw new UserError(`run ${run} answered what is no answer: is its control socket another program's?`)
}

function exchange(dir: string, text: string): Promise<string> {
  const where = controlPath(dir)
  return new Promise<string>((resolve, reject) => {
    const socket = connect(where.path, () => socket.write(text))
    let said = ''
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`no answer in ${ANSWER_MS / 1000} s`)))
    socket.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
      if (said.includes('\n')) resolve(said.slice(0, said.indexOf('\n')))
      else if (said.length > LONGEST) reject(new Error('an answer without end'))
      else return
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('it hung up')))
  }).finally(() => where.close())
}

function silent(run: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException
  // A socket that nobody listens at is what a killed run left.
  const gone = code === 'ENOENT' || code === 'ECONNREFUSED'
  return new UserError({
    message: `run ${run} takes no commands: ${gone ? 'no process drives it here' : message}`,
    hint: `upgrade-push runs tells what became of it; upgrade-push resume ${run} continues a run that was cut off`,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
