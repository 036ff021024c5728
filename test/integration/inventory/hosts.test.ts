import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHostNames } from '../../../src/inventory/host-name.ts'
import { located } from '../../inventory/support.ts'
import { type Answer, askAnsible } from './ansible.ts'

interface Hosts {
  readonly names: string[]
  readonly port: number | null
}

/** Texts that Ansible takes and we refuse, each with the reason. Every row must be met by the random texts below. */
const REFUSED: readonly { readonly message: RegExp; readonly why: string }[] = [
  { message: /the range is reversed/, why: 'Ansible silently gives no hosts' },
  {
    message: /neither a host name with a port nor an IPv6 address/,
    why: 'Ansible makes a host name with a colon of it',
  },
  { message: /is not a port/, why: 'Ansible keeps ports that do not exist' },
  { message: /is not a host name/, why: 'no pattern could select it, or a program could take it for an option' },
  { message: /"\]" without "\["/, why: 'Ansible keeps the bracket in the name' },
  { message: /both ends must be numbers/, why: 'Ansible looks "ab" up in the alphabet and goes from a' },
]

const PARTS =
  'a web ab [1:3] [01:10:3] [a:c] [a:c:2] [x:C] [3:1] [c:a] [:3] [1:] [1:2:0] [1] [01:100] [ab:cd] :22 :0 :99999 : :: . - _ @ [ ] 1 f fe80: 10.0.0. ---'.split(
    ' ',
  )

test('random host patterns give the hosts that Ansible finds, or are refused for a listed reason', () => {
  const texts = fc
    .sample(fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }), { seed: 22, numRuns: 20_000 })
    .map((parts) => parts.join(''))
  const answers = askAnsible<Hosts>(texts.map((text) => ({ ask: 'hosts', text })))
  const met = new Set<number>()
  let same = 0
  let left = 0
  texts.forEach((text, i) => {
    const theirs = answers[i]
    let ours: Hosts | Error
    try {
      const { names, port } = readHostNames(located(text))
      ours = { names: [...names], port: port ?? null }
    } catch (error) {
      ours = error as Error
    }
    if (ours instanceof Error) {
      if (theirs?.error !== undefined) return
      const row = REFUSED.findIndex(({ message }) => message.test((ours as Error).message))
      expect(row, `${text}: ${ours.message} but Ansible: ${JSON.stringify(theirs)}`).toBeGreaterThanOrEqual(0)
      met.add(row)
    } else if (text.endsWith('::')) {
      // An IPv6 address: Ansible takes its last colon for the start of a port.
      expect(theirs?.error).toContain("ending in ':' is not allowed")
    } else if (portLeftInName(ours, theirs)) left++
    else {
      expect({ ok: ours }, text).toEqual(theirs)
      same++
    }
  })
  expect(same).toBeGreaterThan(3000)
  expect(left).toBeGreaterThan(0)
  expect([...met].sort()).toEqual(REFUSED.map((_, row) => row))
})

/** `x[:3]:22`, and names that DNS does not allow: Ansible does not see the port and leaves it in the name. */
function portLeftInName(ours: Hosts, theirs: Answer<Hosts> | undefined): boolean {
  return (
    ours.port !== null &&
    theirs?.ok?.port === null &&
    theirs.ok.names.every((name, i) => name.replace(/:0*(?=\d+$)/, ':') === `${ours.names[i]}:${ours.port}`)
  )
}
