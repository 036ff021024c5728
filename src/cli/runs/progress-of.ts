import { emptyState, fold, gone, type RunState } from '../../events/fold.ts'
import { reached } from '../../events/reached.ts'
import { readJournal } from '../../events/read-journal.ts'

/** The state that a run's journal leaves it in. Throws UserError. */
export async function stateOf(path: string): Promise<RunState> {
  let state = emptyState()
  for await (const event of readJournal(path)) state = fold(state, event)
  return state
}

/** How many hosts had done all steps of the last play they were in, and how many there were. Throws UserError. */
export async function hostsDone(path: string): Promise<{ done: number; all: number }> {
  const state = await stateOf(path)
  const far = reached(state)
  const done = state.hosts.entries().filter(([name, host]) => !gone(host) && far(name) === 'end')
  return { done: done.length, all: state.hosts.size }
}
