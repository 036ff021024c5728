import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type KeyName, keyNames } from '../../../src/render/tui/view/keys.ts'
import { press } from '../../../src/render/tui/view/reduce.ts'
import type { Effect, Situation } from '../../../src/render/tui/view/situation.ts'
import { atEnd, FIRST_VIEW, type ViewState } from '../../../src/render/tui/view/state.ts'
import { situation } from './frames.ts'

function type(keys: readonly KeyName[], at: Partial<Situation> = {}, from: ViewState = FIRST_VIEW) {
  let view = from
  const effects: Effect[] = []
  for (const key of keys) {
    const pressed = press(view, key, { ...situation, ...at })
    view = pressed.view
    if (pressed.effect) effects.push(pressed.effect)
  }
  return { view, effects }
}
const commands = (keys: readonly KeyName[], at: Partial<Situation> = {}) =>
  type(keys, at).effects.map((effect) => (effect.kind === 'command' ? effect.command : effect.kind))

describe('keys that steer', () => {
  test('p, r, n and a ask at once', () => {
    expect(commands(['p', 'r', 'n', 'a'])).toEqual([
      { command: 'pause' },
      { command: 'resume' },
      { command: 'next' },
      { command: 'abort' },
    ])
  })
  test('R retries a host that failed, and no other', () => {
    expect(commands(['R'])).toEqual([{ command: 'retry', host: 'web1' }])
    const { view, effects } = type(['j', 'R'])
    expect([effects, view.said?.text]).toEqual([[], 'web2 has not failed: only a host that failed is retried.'])
  })
  test('R on a host that is late says that it is watched on; one that was given up begins again', () => {
    const late = type(['R'], { standing: () => 'late' })
    const text = 'web1 is still watched; it can begin again once it is given up.'
    expect([late.effects, late.view.said?.text]).toEqual([[], text])
    expect(commands(['R'], { standing: () => 'overdue' })).toEqual([{ command: 'retry', host: 'web1' }])
  })
  test('s and A act once their word was typed', () => {
    expect(commands(['j', 's', ...'skip', 'enter'])).toEqual([{ command: 'skip', host: 'web2' }])
    expect(commands(['A', ...'abort', 'enter'])).toEqual([{ command: 'abort-now' }])
  })
  test('the question says what becomes of a host in a step, and of one that waits', () => {
    const asked = (standing: 'running' | 'late' | 'waiting') =>
      type(['s'], { standing: () => standing }).view.confirm?.question
    expect(asked('running')).toMatch(/it finishes its step and begins no other/)
    expect(asked('late')).toBe(asked('running'))
    expect(asked('waiting')).toMatch(/: it begins no step any more/)
  })
  test('another word, or Esc, does nothing and says so', () => {
    for (const keys of [
      ['A', ...'abord', 'enter'],
      ['A', ...'abort', 'esc'],
      ['s', 'enter'],
    ]) {
      const { view, effects } = type(keys)
      expect(effects).toEqual([])
      expect(view.said?.text).toMatch(/Nothing was done/)
    }
  })
  test('the host that a question is about stays the same while the list moves', () => {
    const asked = type(['j', 's']).view
    const { effects } = type([...'skip', 'enter'], { listed: ['web2', 'web9', 'web1'] }, asked)
    expect(effects).toEqual([{ kind: 'command', command: { command: 'skip', host: 'web2' } }])
  })
  test('a screen that only shows says that it does', () => {
    const { view, effects } = type(['p'], { steers: false })
    expect([effects, view.said?.text]).toEqual([[], 'This screen only shows: there is no way back to a run.'])
  })
})

describe('leaving', () => {
  test('q before the end says how to stop and how to go on; after it, it leaves', () => {
    const { view, effects } = type(['q'])
    expect(effects).toEqual([])
    expect(view.said?.text).toMatch(/Press a to stop.*upgrade-push resume RUN/)
    expect(commands(['q'], { ended: true })).toEqual(['leave'])
    expect(commands(['q'], { owns: false })).toEqual(['leave'])
  })
  test('Ctrl-C is the signal while the run is ours, whatever is open, and leaves otherwise', () => {
    expect(commands(['ctrl-c'])).toEqual(['interrupt'])
    expect(commands(['A', 'a', 'ctrl-c'])).toEqual(['interrupt'])
    expect(commands(['/', 'ctrl-c'])).toEqual(['interrupt'])
    expect(commands(['ctrl-c'], { owns: false })).toEqual(['leave'])
    expect(commands(['ctrl-c'], { ended: true })).toEqual(['leave'])
  })
  test('any key that means something is touching the screen: also one that steers, and not only while a page is open', () => {
    expect(FIRST_VIEW.touched).toBe(false)
    for (const key of ['p', 'r', 'n', 'a', 'A', 'R', 's', 'j', '/', 'f', 'enter', 'l', 'o', 'y', '?', 'q', 'ctrl-l']) {
      expect([key, type([key]).view.touched]).toEqual([key, true])
    }
    expect(type(['j', 'esc']).view.touched).toBe(true)
  })
  test('a key that means nothing is not, nor is Ctrl-C', () => {
    expect(type(['x', 'tab', 'ctrl-c']).view.touched).toBe(false)
    expect(type(['p', 'x', 'ctrl-c']).view.touched).toBe(true)
  })
  test('q advises on the run as it is: nobody is told to stop one that stops', () => {
    const said = (interrupt: number) => type(['q'], { interrupt }).view.said?.text
    expect(said(1)).toBe(
      'The run ends when the running steps are done; Ctrl-C cancels them. Continue it with: upgrade-push resume RUN',
    )
    expect(said(2)).toMatch(/^The run ends when its running steps are cancelled; Ctrl-C leaves at once\./)
  })
  test('a rehearsal is not said to be continued by any command', () => {
    const said = (interrupt: number) => type(['q'], { interrupt, resume: undefined }).view.said?.text
    expect(said(0)).toMatch(/Press a to stop .*; a rehearsal is not continued: nothing was changed\.$/)
    expect(said(1)).toMatch(/Ctrl-C cancels them\. \(a rehearsal is not continued: nothing was changed\)$/)
    expect(type(['A'], { resume: undefined }).view.confirm?.question).toMatch(/; a rehearsal is not continued/)
  })
  test('abort now says what it can not cancel', () => {
    const asked = (watched: number) => type(['A'], { watched }).view.confirm?.question
    expect(asked(0)).not.toContain('upgrade goes on')
    expect(asked(1)).toContain(
      '; one host in the middle of its upgrade goes on by itself and is not watched any more; ',
    )
    expect(asked(3)).toContain('; 3 hosts in the middle of their upgrade go on by themselves and are not watched any m')
  })
  test('the end takes an open question and old advice away', () => {
    expect(atEnd(type(['A', 'a', 'b']).view, 5)).toMatchObject({
      confirm: undefined,
      said: { text: 'The run has ended: nothing was done.', bad: false },
      saidAt: 5,
    })
    expect(atEnd(type(['q']).view, 5).said).toBeUndefined()
  })
})

test('the cursor keeps to its host; a filter is typed letter by letter', () => {
  expect(type(['j', 'j']).view.selected).toBe('web3')
  expect(type(['G', 'k']).view.selected).toBe('web3')
  expect(type(['/', 'w', 'x', 'backspace', 'q', 'enter']).view).toMatchObject({ filter: 'wq', typing: false })
  expect(type(['/', 'w', 'esc']).view).toMatchObject({ filter: '', typing: false })
})

test('pages open, scroll within their lines, and close', () => {
  expect(type(['enter', 'pagedown', 'pagedown', 'G', 'j']).view).toMatchObject({
    page: 'host',
    selected: 'web1',
    scroll: 7,
  })
  expect(type(['l']).view).toMatchObject({ page: 'log', scroll: undefined })
  expect(type(['l', 'k']).view.scroll).toBe(6)
  expect(type(['l', '?', 'esc']).view.page).toBe('log')
  expect(type(['o', 'o']).view.page).toBe('hosts')
})

test('what is typed fast comes in one piece and is taken key by key', () => {
  const none = {
    upArrow: false,
    downArrow: false,
    pageUp: false,
    pageDown: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    ctrl: false,
    meta: false,
    backspace: false,
    delete: false,
    tab: false,
  }
  expect(keyNames('abort\r', none)).toEqual([...'abort', 'enter'])
  expect(keyNames('c', { ...none, ctrl: true })).toEqual(['ctrl-c'])
  expect(keyNames('', { ...none, pageDown: true })).toEqual(['pagedown'])
  expect(keyNames('[200~\x1b', none)).toEqual([...'[200~'])
})

test('no sequence of keys throws, and none sends a command that was not asked for', () => {
  const key = fc.constantFrom(
    'up',
    'down',
    'pageup',
    'pagedown',
    'home',
    'end',
    'enter',
    'esc',
    'backspace',
    'ctrl-c',
    'ctrl-l',
    'ctrl-z',
    'tab',
    ...'jkgGflo?y/qQsxzw',
  )
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 60 }),
      fc.array(fc.string(), { maxLength: 5 }),
      fc.boolean(),
      (keys, listed, ended) => {
        const { effects } = type(keys, { listed, ended, lines: listed.length })
        expect(effects.filter(({ kind }) => kind === 'command')).toEqual([])
      },
    ),
  )
})
