import type { Section } from './section.ts'
import type { BecomeKeys } from './types.ts'

/** The `become` keys, which plays and tasks share. */
export function readBecome(section: Section): BecomeKeys {
  const becomeMethod = section.text('become_method')
  if (typeof becomeMethod === 'string' && becomeMethod !== 'sudo') {
    section.problem('become_method', `"${becomeMethod}" is not supported yet`, 'the only method is sudo')
  }
  return {
    become: section.flag('become'),
    becomeUser: section.text('become_user'),
    becomeMethod,
    becomeFlags: section.text('become_flags'),
    becomeExe: section.text('become_exe'),
  }
}
