import { expect, it } from 'vitest'
import { type Circumstances, termsOf } from '../../../src/cli/confirm/terms.ts'
import type { DisruptiveStep } from '../../../src/plan/disruptive.ts'

const step: DisruptiveStep = {
  play: 0,
  step: 2,
  task: 'reboot_upgrade',
  place: 'upgrade.yml:12',
  does: 'reboots the host',
  undo: 'not at all',
}
const circumstances = (words: string): Circumstances => ({
  check: words.includes('check'),
  rehearse: words.includes('rehearse'),
  confirm: words.includes('confirm'),
  yes: words.includes('yes'),
  disruptive: words.includes('disruptive') ? [step] : [],
  attended: words.includes('terminal'),
  allUnderWay: words.includes('under way'),
})

it.each([
  ['', 'at once'],
  ['terminal', 'at once'],
  ['disruptive check', 'at once'],
  ['disruptive check confirm', 'at once'],
  ['disruptive rehearse', 'at once'],
  ['disruptive yes', 'at once'],
  ['disruptive yes terminal', 'at once'],
  ['disruptive terminal', 'ask'],
  ['confirm terminal', 'ask'],
  ['disruptive confirm terminal', 'ask'],
  ['confirm yes', 'show'],
  ['disruptive confirm yes terminal', 'show'],
  ['disruptive, all under way', 'only watching'],
  ['disruptive, all under way, terminal', 'ask'],
])('%s: %s', (words, terms) => {
  expect(termsOf(circumstances(words))).toBe(terms)
})

it('refuses where nobody can be asked, and names the task, its place and what to add', () => {
  expect(() => termsOf(circumstances('disruptive'))).toThrow(
    'upgrade.yml:12: reboot_upgrade reboots the host: that must be confirmed, and there is no terminal to ask on\n  add --yes ',
  )
  expect(() => termsOf({ ...circumstances(''), disruptive: [step, step, step] })).toThrow('and 2 more such tasks')
  expect(() => termsOf(circumstances('confirm'))).toThrow('--confirm: there is no terminal to ask on\n  add --yes ')
  expect(() => termsOf(circumstances('confirm, all under way'))).toThrow('--confirm: there is no terminal')
})
