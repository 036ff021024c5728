import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { observe } from '../../../../src/tasks/upgrade/follow/machine.ts'
import { PHASES } from '../../../../src/tasks/upgrade/follow/phases.ts'
import type { ProgressLine } from '../../../../src/tasks/upgrade/follow/progress-line.ts'
import { type Attempt, begin, type FollowState, type Observation } from '../../../../src/tasks/upgrade/follow/state.ts'
import { attempt, line, NEW_BOOT, result, system } from './sights.ts'

const nobody: Observation = { kind: 'nobody', why: 'the connection was refused' }
const tick: Observation = { kind: 'tick' }
const image = (bootId = 'boot-image'): Observation => ({ kind: 'image', bootId })
const told = (each: ProgressLine): Observation => ({ kind: 'progress', line: each })
const seen = (more: Parameters<typeof system>[0]): Observation => ({ kind: 'system', sight: system(more) })

/** One observation each second. */
function story(observations: readonly Observation[], of: Attempt = attempt()): FollowState {
  return observations.reduce((state, each, i) => observe(state, of, each, (i + 1) * 1000), begin(0))
}

function phases(observations: readonly Observation[], of: Attempt = attempt()): string[] {
  return observations.map((_, i) => story(observations.slice(0, i + 1), of).phase)
}

const GOOD: readonly Observation[] = [
  seen({ rebooting: true }),
  nobody,
  image(),
  told(line('start')),
  told(line('checks')),
  told(line('recovery')),
  told(line('transaction', 'item', { n: 1, of: 3 })),
  told(line('transaction', 'item', { n: 2, of: 3 })),
  told(line('finish')),
  told(line('done', 'done')),
  nobody,
  seen({ bootId: NEW_BOOT, release: '9', result: result('first-boot'), resumeService: 'activating' }),
  seen({ bootId: NEW_BOOT, release: '9', result: result('upgraded') }),
]

describe('a host that is upgraded', () => {
  test('goes through every phase, and its time is counted in each', () => {
    expect(phases(GOOD)).toEqual([
      'going-down',
      'initramfs-boot',
      'initramfs-boot',
      'initramfs-boot',
      'checks',
      'recovery',
      'transaction',
      'transaction',
      'finish',
      'rebooting',
      'first-boot',
      'resume-service',
      'resume-service',
    ])
    const state = story(GOOD)
    expect(state.end).toMatchObject({ kind: 'upgraded', sight: { bootId: NEW_BOOT } })
    expect(state.spent).toMatchObject({
      'going-down': 2000,
      'initramfs-boot': 3000,
      transaction: 2000,
      'first-boot': 1000,
    })
    expect(state.imageBoots).toEqual(['boot-image'])
  })

  test('counts packages within the transaction only', () => {
    expect(story(GOOD.slice(0, 8))).toMatchObject({ n: 2, of: 3 })
    expect(story(GOOD.slice(0, 9)).n).toBeUndefined()
  })

  test('without a network in the image nothing is heard until the new system answers', () => {
    const blind = attempt({ imageAnswers: false })
    const heard = GOOD.filter(({ kind }) => kind === 'nobody' || kind === 'system')
    expect(phases(heard, blind)).toEqual(['going-down', 'offline', 'offline', 'resume-service', 'resume-service'])
    expect(story(heard, blind).end?.kind).toBe('upgraded')
  })

  test('a lost link in the middle of the transaction is no end of anything', () => {
    const cut = [...GOOD.slice(0, 8), nobody, nobody, image(), ...GOOD.slice(8)]
    expect(phases(cut).slice(8, 11)).toEqual(['transaction', 'transaction', 'transaction'])
    expect(story(cut).end?.kind).toBe('upgraded')
  })

  test('a boot that only labels files looks like another first boot', () => {
    const relabelled = [...GOOD.slice(0, 12), nobody, GOOD[11] as Observation, GOOD[12] as Observation]
    expect(phases(relabelled).slice(11, 14)).toEqual(['resume-service', 'first-boot', 'resume-service'])
    expect(story(relabelled).end?.kind).toBe('upgraded')
  })
})

describe('a new system whose image was cut off before its last result', () => {
  const first = { bootId: NEW_BOOT, release: '9.0' }
  const older = [
    ['of another attempt', result('upgraded', { run: 'other' })],
    ['of none', undefined],
    ['of a failure that was resumed', result('failed', { changed: true, message: 'a scriptlet failed' })],
  ] as const

  test.each(older)(
    'is waited for, whatever the result %s says, and judged by what its resume service writes',
    (_, left) => {
      const waits = ['inactive', 'activating'].map((resumeService) => seen({ ...first, result: left, resumeService }))
      const before = [...GOOD.slice(0, 11), ...waits]
      expect(story(before)).toMatchObject({
        phase: 'resume-service',
        text: 'labos 9.0 runs, the resume service is activating',
      })
      expect(story(before).end).toBeUndefined()
      expect(story([...before, seen({ ...first, result: result('upgraded') })]).end?.kind).toBe('upgraded')
      const broken = result('first-boot-failed', { changed: true, message: 'script x failed' })
      expect(story([...before, seen({ ...first, result: broken, resumeService: 'failed' })]).end).toMatchObject({
        kind: 'failed',
        message: 'the host runs labos 9.0, and a step of its first boot failed: script x failed',
      })
    },
  )

  test('ends at once with what the resume service wrote, while that takes itself away', () => {
    const told = (outcome: 'upgraded' | 'first-boot-failed') =>
      story([nobody, seen({ ...first, result: result(outcome), resumeService: 'activating' })]).end?.kind
    expect(told('upgraded')).toBe('upgraded')
    expect(told('first-boot-failed')).toBe('failed')
  })

  test('whose resume service failed without a word is told as that', () => {
    expect(story([nobody, seen({ ...first, resumeService: 'failed' })]).end).toMatchObject({
      kind: 'failed',
      message: 'the new system runs, and its resume service failed without a result',
    })
  })

  test.each([
    ['the old release runs', { ...first, release: '8.10', resumeService: 'activating' }],
    ['no service is left', { ...first, resumeService: 'absent' }],
    ['the service failed', { ...first, resumeService: 'failed' }],
  ])('the result counts where %s', (_, more) => {
    const left = result('failed', { changed: true, message: 'a scriptlet failed' })
    expect(JSON.stringify(story([nobody, seen({ ...more, result: left })]).end)).toContain('a scriptlet failed')
  })
})

describe('a host that fails', () => {
  const failing = (changed: boolean) =>
    told(line('failed', 'failed', { step: 'checks', text: 'a package is damaged', changed }))

  test('before the first change: waits for the old system, and says that it runs', () => {
    const before = [...GOOD.slice(0, 5), failing(false), nobody]
    expect(story(before).phase).toBe('rebooting')
    expect(story(before).end).toBeUndefined()
    const back = seen({
      bootId: 'boot-old-2',
      result: result('failed', { step: 'checks', message: 'a package is damaged', lines: ['one', 'two'] }),
    })
    expect(story([...before, back]).end).toMatchObject({
      kind: 'failed',
      message:
        'the upgrade failed before any package changed: step checks: a package is damaged | last lines: one | two; the old system is running (labos 8)',
    })
  })

  test('after the first change: waits in the image, and is believed once it went on waiting', () => {
    const waiting = [...GOOD.slice(0, 8), failing(true), told(line('waiting', 'phase', { text: 'scriptlet failed' }))]
    expect(story([...waiting, tick, tick]).end).toBeUndefined()
    expect(story([...waiting, tick, tick, tick, tick, tick, tick]).end).toEqual({
      kind: 'waiting',
      failure: { step: 'checks', text: 'a package is damaged', changed: true },
    })
  })

  test('and was told to go on meanwhile: its old failure is history', () => {
    const resumed = [
      ...GOOD.slice(0, 8),
      failing(true),
      told(line('waiting')),
      told(line('transaction', 'item', { n: 3, of: 3 })),
      ...Array.from({ length: 70 }, () => tick),
    ]
    expect(story(resumed).phase).toBe('transaction')
    expect(story(resumed).failure).toBeUndefined()
    expect(story(resumed).end).toBeUndefined()
  })

  test.each([
    ['failed after', result('failed', { changed: true, message: 'a scriptlet failed' }), true],
    ['was cut off after', undefined, true],
    ['was cut off after', result('failed', { run: 'an older one', changed: true }), true],
    // Its marker could not be written.
    ['failed after', result('failed', { changed: true, message: 'a scriptlet failed' }), false],
  ])(
    'and a system was booted by hand: half-replaced, it %s the first change, and its image will answer again',
    (how, left, unfinished) => {
      const { end } = story([...GOOD.slice(0, 8), nobody, seen({ bootId: 'boot-old-2', result: left, unfinished })])
      expect(end).toMatchObject({
        kind: 'failed',
        unfinished: true,
        message: expect.stringMatching(
          new RegExp(`^the upgrade ${how} packages had been changed, and a system was booted`),
        ),
        remedy: expect.stringContaining('-e resume=true'),
      })
    },
  )

  test.each([
    [
      'the result of its own first boot',
      result('first-boot-failed', { step: 'loader' }),
      'absent',
      'a step of its first boot failed',
    ],
    [
      'a first boot that is to come, of which the service failed',
      result('first-boot'),
      'failed',
      'its resume service failed',
    ],
    ['a resume service that failed without a result', undefined, 'failed', 'its resume service failed'],
  ])(
    'a new system is judged by its first boot, whatever is left of the recovery: %s',
    (_, left, resumeService, says) => {
      const sight = seen({ bootId: NEW_BOOT, release: '9', result: left, resumeService, unfinished: true })
      const { end } = story([...GOOD.slice(0, 8), nobody, sight])
      expect(end).toMatchObject({ kind: 'failed', message: expect.stringContaining(says) })
      expect(end).not.toHaveProperty('unfinished')
    },
  )

  test('a recovery boot waits at once', () => {
    const reset = [
      ...GOOD.slice(0, 8),
      nobody,
      image('boot-recovery'),
      told(line('waiting', 'phase', { text: 'it was cut off' })),
    ]
    const state = story([...reset, ...Array.from({ length: 6 }, () => tick)])
    expect(state.imageBoots).toEqual(['boot-image', 'boot-recovery'])
    expect(state.lines).toBe(1)
    expect(state.end).toEqual({ kind: 'waiting', failure: { step: undefined, text: 'it was cut off', changed: true } })
  })

  test('a resume that this run asked for gets the time to begin', () => {
    const waiting = [image(), told(line('waiting')), ...Array.from({ length: 50 }, () => tick)]
    expect(story(waiting, attempt({ resuming: true })).end).toBeUndefined()
    expect(story(waiting).end?.kind).toBe('waiting')
  })

  test.each([
    ['never came up', [nobody], 'the upgrade image did not come up'],
    ['was reset', [nobody, image()], 'the upgrade was cut off before it could leave a result'],
  ] as const)('back without a result, the image %s', (_, before, message) => {
    const end = story([...before, seen({ bootId: 'boot-old-2' })]).end
    expect(end).toMatchObject({ kind: 'failed' })
    expect(JSON.stringify(end)).toContain(message)
  })

  test("another attempt's result is none of this one's", () => {
    const end = story([nobody, seen({ bootId: NEW_BOOT, result: result('upgraded', { run: 'other' }) })]).end
    expect(end?.kind).toBe('failed')
  })

  test.each(['first-boot-failed', 'not-armed', 'no-transaction', 'failed'] as const)(
    'outcome %s is no success',
    (outcome) => {
      const end = story([
        nobody,
        seen({ bootId: NEW_BOOT, result: result(outcome, { changed: true, message: 'why' }) }),
      ]).end
      expect(end).toMatchObject({ kind: 'failed' })
      expect(JSON.stringify(end)).toContain('why')
    },
  )

  test('a reboot that is refused says why', () => {
    expect(story([seen({ rebootError: 'Operation inhibited' })]).end).toMatchObject({
      kind: 'failed',
      message: 'the reboot was refused: Operation inhibited',
    })
  })
})

describe('whatever is observed', () => {
  const anyLine = fc.record({
    phase: fc.constantFrom('start', 'checks', 'recovery', 'transaction', 'finish', 'done', 'failed', 'waiting'),
    event: fc.constantFrom('phase', 'item', 'heartbeat', 'failed', 'done', 'line'),
    text: fc.string({ maxLength: 5 }),
    changed: fc.option(fc.boolean(), { nil: undefined }),
  }) as fc.Arbitrary<ProgressLine>
  const outcomes = fc.constantFrom(
    'no-transaction',
    'not-armed',
    'failed',
    'first-boot',
    'upgraded',
    'first-boot-failed',
  ) as fc.Arbitrary<Parameters<typeof result>[0]>
  const anything: fc.Arbitrary<Observation> = fc.oneof(
    fc.constant(tick),
    fc.constant(nobody),
    fc.constantFrom('a', 'b').map(image),
    fc.option(anyLine, { nil: undefined }).map((each): Observation => ({ kind: 'progress', line: each })),
    fc
      .record({
        bootId: fc.constantFrom('boot-old', 'x'),
        outcome: fc.option(outcomes),
        run: fc.constantFrom('run-1', 'other'),
        release: fc.constantFrom('8', '9'),
        resumeService: fc.constantFrom('absent', 'activating', 'failed'),
      })
      .map(({ outcome, run, ...more }) => seen({ ...more, result: outcome ? result(outcome, { run }) : undefined })),
  )
  const steps = fc.array(fc.tuple(anything, fc.integer({ min: 0, max: 60_000 })), { maxLength: 40 })

  test('an upgrade succeeds only by a result of this attempt, seen in another boot', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (observed, imageAnswers) => {
        let now = 0
        let state = begin(0)
        for (const [each, passed] of observed) {
          now += passed
          const before = state
          state = observe(state, attempt({ imageAnswers }), each, now)
          if (state.end?.kind !== 'upgraded' || before.end) continue
          expect(each).toMatchObject({
            kind: 'system',
            sight: { bootId: 'x', result: { run: 'run-1', outcome: 'upgraded' } },
          })
        }
      }),
    )
  })

  test('no time is lost or counted twice, and nothing moves after the end', () => {
    fc.assert(
      fc.property(steps, (observed) => {
        let now = 0
        let state = begin(0)
        for (const [each, passed] of observed) {
          now += passed
          const before = state
          state = observe(state, attempt(), each, now)
          if (before.end) expect(state).toBe(before)
          else expect(Object.values(state.spent).reduce((sum, ms) => sum + ms, 0)).toBe(now)
          expect(PHASES).toContain(state.phase)
        }
      }),
    )
  })

  test('silence alone never ends the watch', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(nobody, tick), { maxLength: 30 }), fc.boolean(), (silent, imageAnswers) => {
        expect(story(silent, attempt({ imageAnswers })).end).toBeUndefined()
      }),
    )
  })
})
