import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/events/types.ts'
import { summary } from '../../../src/render/tui/summary.ts'
import { play, task } from '../bodies.ts'
import { modelOf, shown } from './frames.ts'

const hosts = ['web1', 'web2', 'web3']
const running: EventBody[] = [...play(hosts, 'one'), task(0, hosts)]
const interrupted = (level: 1 | 2 | 3, message: string): EventBody => ({ type: 'interrupt', level, message })
const ended: EventBody = { type: 'run_finished', outcome: 'aborted', exitCode: 99, recap: {}, ms: 5 }

test('advice on a run that stops is gone once it has ended', () => {
  const cancelling = interrupted(2, 'Cancelling. Press Ctrl-C again to leave at once.')
  expect(shown(modelOf([...running, cancelling])).join('\n')).toContain('Press Ctrl-C again')
  expect(shown(modelOf([...running, cancelling, ended])).join('\n')).not.toContain('Press Ctrl-C again')
})

test('what becomes of the hosts stays in the terminal when the run was left at once', () => {
  const options = { resume: 'upgrade-push resume RUN', command: undefined, owns: true, label: '', color: false }
  const left = [1, 2, 3].map((level) =>
    interrupted(level as 1 | 2 | 3, `level ${level}: work that was started goes on`),
  )
  const text = summary(modelOf([...running, ...left]), options)
  expect(text).toContain('left before its end\nlevel 3: work that was started goes on\n3 hosts: ')
  expect(text).toContain('to continue: upgrade-push resume RUN\n')
  expect(summary(modelOf([...running, ...left.slice(0, 2), ended]), options)).not.toContain('work that was started')
})
