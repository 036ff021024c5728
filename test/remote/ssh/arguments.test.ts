import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSshArguments } from '../../../src/remote/ssh/arguments.ts'
import { splitWords } from '../../../src/remote/ssh/words.ts'

describe('ssh arguments', () => {
  it.each([
    ['-J gate', [['proxyjump', 'gate']]],
    ['-o ProxyJump=a,b', [['proxyjump', 'a,b']]],
    ['-oPort=22', [['port', '22']]],
    ['-o "User bob"', [['user', 'bob']]],
    ["-o 'UserKnownHostsFile = /a b'", [['userknownhostsfile', '/a b']]],
    [
      '-p2222 -l root',
      [
        ['port', '2222'],
        ['user', 'root'],
      ],
    ],
    ['-4', [['addressfamily', 'inet']]],
    ['-o ControlMaster=auto -o ControlPersist=60s -C -q', []],
    ['', []],
  ])('%s', (text, options) => {
    expect(parseSshArguments(text).options).toEqual(options)
  })

  it('takes the first config file, and all identities in order', () => {
    expect(parseSshArguments('-F a -F b -i k1 -o IdentityFile=k2 -ik3')).toEqual({
      options: [],
      configFile: 'a',
      identityFiles: ['k1', 'k3', 'k2'],
    })
  })

  it.each([
    ['-o ProxyCommand="nc %h %p"', 'ProxyCommand is not supported; use ProxyJump'],
    ['-o StrictHostKeyCheking=no', 'did you mean "stricthostkeychecking"'],
    ['-o RemoteCommand=x', '-o RemoteCommand is not supported'],
    ['-D 1080', '-D is not supported'],
    ['-tt', '-tt is not supported'],
    ['-J', '-J needs a value'],
    ['-o Port', 'has no value'],
    ['gate', 'gate is no ssh option'],
    ['-', '- is no ssh option'],
    ['-o "x', 'is not closed'],
  ])('refuses %s by name', (text, message) => {
    expect(() => parseSshArguments(text)).toThrow(message)
  })

  it('splits words as a shell does (property)', () => {
    const word = fc.string({ maxLength: 10 })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const text = words
          .map((one, i) => (i % 2 ? `"${one.replace(/(["\\$`])/g, '\\$1')}"` : `'${one.replaceAll("'", "'\\''")}'`))
          .join('  ')
        expect(splitWords(text)).toEqual(words)
      }),
    )
  })
})
