import { emptyState, fold, type RunState } from '../../events/fold.ts'
import { readJournal } from '../../events/read-journal.ts'

/** The state that a run's journal leaves it in. Throws UserError. */
export async function stateOf(path: string): Promise<RunState> {
  let state = emptyState()
  for await (const event of readJournal(path)) state = fold(state, event)
  return state
}

/** How many hosts had done all steps of the last play they were in, and how many there were. Throws UserError. */
export async function hostsDone(path: string): Promise<{ done: number; all: number }> {
  const { hosts, plays } = await stateOf(path)
  const lastPlay = new Map(plays.flatMap((play) => play.hosts.map((host) => [host, play] as const)))
  const done = hosts.entries().filter(([name, { status, current }]) => {
    const play = lastPlay.get(name)
    return status === 'idle' && current?.play === play?.play && current?.step === (play?.steps.length ?? 0) - 1
  })
  return { done: done.length, all: hosts.size }
}
