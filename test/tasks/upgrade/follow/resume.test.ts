import { expect, test } from 'vitest'
import type { ImageSession } from '../../../../src/remote/types.ts'
import { resumeImage } from '../../../../src/tasks/upgrade/follow/resume.ts'

/** An image that says where it stands, and answers an order with an exit code. */
function image(status: string, code = 0) {
  const asked: string[] = []
  const session: ImageSession = {
    host: 'web1',
    async run([program = '']) {
      asked.push(program)
      return program === 'upgrade-status'
        ? { code: 0, stdout: status, stderr: '', truncated: false }
        : { code, stdout: '', stderr: code === 0 ? '' : 'upgrade-resume: refused: plan.sums is gone', truncated: false }
    },
    close() {},
  }
  return { session, asked }
}

const options = { signal: new AbortController().signal, idleMs: 1000 }
const status = (phase: string, waiting = 'no') =>
  `phase: ${phase}\nwaiting: ${waiting}\nchanged: yes\nrecovery: no\nmessage: waiting: yes\n`

test('an image that waits is told to go on', async () => {
  const { session, asked } = image(status('waiting', 'yes'))
  expect(await resumeImage(session, options)).toBe('ordered')
  expect(asked).toEqual(['upgrade-status', 'upgrade-resume'])
})

test.each([
  ['transaction', 'at-work'],
  ['finish', 'at-work'],
  ['done', 'at-work'],
  ['boot', 'not-yet'],
  ['start', 'not-yet'],
  ['checks', 'not-yet'],
  ['recovery', 'not-yet'],
  ['failed', 'not-yet'],
  // It took an order a moment ago.
  ['waiting', 'not-yet'],
])('one that is in phase %s and does not wait gets no order: %s', async (phase, expected) => {
  const { session, asked } = image(status(phase))
  expect(await resumeImage(session, options)).toBe(expected)
  expect(asked).toEqual(['upgrade-status'])
})

test('one that waits and refuses: its words', async () => {
  const { session } = image(status('waiting', 'yes'), 1)
  await expect(resumeImage(session, options)).rejects.toMatchObject({
    message: 'the image refused to go on with the upgrade: upgrade-resume: refused: plan.sums is gone',
  })
})

test('one that says nothing of use is asked again', async () => {
  expect(await resumeImage(image('').session, options)).toBe('not-yet')
})
