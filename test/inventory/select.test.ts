import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Origin, SourceFile } from '../../src/diagnostics/source.ts'
import { selectLimit } from '../../src/inventory/limit.ts'
import { intersect, selectHosts } from '../../src/inventory/select.ts'
import { scratch } from './scratch.ts'
import { errorOf, fromIni, rejection } from './support.ts'

const inventory = fromIni(
  '[web]\nweb[1:5]\n[db]\ndb1\ndb2\nweb1\n[dc1]\nweb[1:2]\ndb1\n[dc2]\nweb[3:5]\ndb2\n[staging:children]\ndc2\n[empty]\n',
)
const select = (pattern: string) => selectHosts(pattern, inventory).hosts.join(' ')

describe('patterns', () => {
  test.each([
    ['web:&dc1', 'web1 web2'],
    ['web,&dc1', 'web1 web2'],
    ['web:!dc1', 'web3 web4 web5'],
    ['!dc1', 'web3 web4 web5 db2'],
    ['&dc1', 'web1 web2 db1'],
    ['web:db:&dc2:!web3', 'web4 web5 db2'],
    ['!web1,web', 'web2 web3 web4 web5'],
    ['web[0]', 'web1'],
    ['web[-1]', 'web5'],
    ['web[0:2]', 'web1 web2 web3'],
    ['web[2:]', 'web3 web4 web5'],
    ['web[:3]', 'web1 web2 web3 web4'],
    ['web[-2:]', 'web4 web5'],
    ['web[-3:-2]', 'web3 web4'],
    ['web[3:99]', 'web4 web5'],
    ['web[!1]', 'web2 web3 web4 web5'],
    ['web[1-2]x:web1', 'ERROR'],
    ['w*', 'web1 web2 web3 web4 web5'],
    ['*1', 'web1 web2 db1'],
    ['web?', 'web1 web2 web3 web4 web5'],
    ['stag*', 'web3 web4 web5 db2'],
    ['~web[12]', 'web1 web2'],
    ['~(web|db)1$', 'web1 db1'],
    ['~(?i)DB', 'db1 db2 web1'],
    ['all[1:3]', 'web2 web3 web4'],
    [' web1 , db2 ', 'web1 db2'],
    ['web1,,db2,', 'web1 db2'],
    ['empty', ''],
    ['web:&empty', ''],
    ['web1:web1', 'web1'],
  ])('%s', (pattern, hosts) => {
    if (hosts === 'ERROR') expect(errorOf(() => select(pattern))).toContain('no host or group matches "web[1-2]x"')
    else expect(select(pattern)).toBe(hosts)
  })

  test.each([
    ['2001:db8::1', '2001:db8::1'],
    ['a::b,fe80::2', 'a::b fe80::2'],
  ])('the IPv6 address in %s is not split', (pattern, hosts) => {
    const addresses = fromIni('a::b\nfe80::2\n2001:db8::1')
    expect(selectHosts(pattern, addresses).hosts.join(' ')).toBe(hosts)
  })
})

describe('what is refused', () => {
  test.each([
    ['web1,typo', 'pattern:1:6: no host or group matches "typo"', ''],
    ['web:!dc3', 'pattern:1:5: no host or group matches "dc3"', 'did you mean "dc1"?'],
    ['WEB', 'no host or group matches "WEB"', 'did you mean "web"?'],
    ['x*', 'no host or group matches "x*"', 'inventory --graph shows'],
    ['web1:22', 'no host or group matches "web1:22"', 'a port is not part'],
    ['web:&dc1,db', 'no host or group matches "web:&dc1"', 'separate either by "," or by ":"'],
    ['', 'the pattern is empty', 'write all'],
    [',,', 'the pattern is empty', ''],
    ['web:!', 'nothing follows "!"', ''],
    ['web db', 'a space inside "web db"', 'separate by commas: web,db'],
    ['web[9]', 'there are 5 hosts: the subscript names none of them', 'the first host is [0]'],
    ['web[7:]', 'names none of them', ''],
    ['empty[0]', 'there are 0 hosts', ''],
    ['web[3:1]', 'the subscript is reversed: 3 comes after 1', ''],
    ['web[-1:-2]', 'the subscript is reversed', ''],
    ['web[1-3]', '"[1-3]" is no subscript', 'did you mean web[1:3]?'],
    ['web[:]', '"[:]" is no subscript', 'expected [N], [N:M], [N:] or [:M]'],
    ['web[1', '"[" is not closed', ''],
    ['~web(', 'the pattern "~web("', ''],
    ['~web(?:1|2)', 'the pattern "~web(?"', ''],
    ['localhost', 'no host or group matches "localhost"', ''],
  ])('%j', (pattern, message, hint) => {
    const error = errorOf(() => select(pattern))
    expect(error).toContain(message)
    expect(error).toContain(hint)
  })

  test('the caret stands under the term in a playbook', () => {
    const source = new SourceFile('site.yml', '- hosts: web,tpyo\n')
    expect(errorOf(() => selectHosts('web,tpyo', inventory, new Origin(source, 9, 17)))).toBe(
      'site.yml:1:14: no host or group matches "tpyo"\n 1 | - hosts: web,tpyo\n   |              ^^^^\n   = upgrade-push inventory --graph shows all hosts and groups',
    )
  })
})

describe('limits', () => {
  test('intersect, in the order of the play', async () => {
    const limit = await selectLimit('db2,web2,web1', inventory)
    expect(intersect(selectHosts('all', inventory), limit).hosts).toEqual(['web1', 'web2', 'db2'])
  })

  test('@FILE has one pattern per line', async () => {
    const root = scratch({ hosts: '# failed\nweb1\n\n  db  \r\n!db2\n', bad: 'web1\n typo\n', blank: '\n#x\n' })
    const at = (name: string) => `@${join(root, name)}`
    expect((await selectLimit(at('hosts'), inventory)).hosts).toEqual(['web1', 'db1'])
    expect((await selectLimit(`web3,${at('hosts')}`, inventory)).hosts).toEqual(['web3', 'web1', 'db1'])
    expect(await rejection(selectLimit(at('bad'), inventory))).toContain(
      `${root}/bad:2:2: no host or group matches "typo"`,
    )
    expect(await rejection(selectLimit(at('blank'), inventory))).toContain('blank names no hosts')
    expect(await rejection(selectLimit(at('nope'), inventory))).toContain(`no such file: ${root}/nope`)
    expect(await rejection(selectLimit(`@${root}`, inventory))).toContain('is not a file')
    expect(await rejection(selectLimit('@', inventory))).toContain('@ is followed by a file')
  })

  test('no hosts left is an error, never all hosts', async () => {
    expect(await rejection(selectLimit('', inventory))).toContain('--limit:1:1: the pattern is empty')
    expect(await rejection(selectLimit('web:!web', inventory))).toContain('the limit leaves no hosts')
    expect(await rejection(selectLimit('empty', inventory))).toContain('the limit leaves no hosts')
  })
})

test('property: any text selects hosts of the inventory or is refused with a UserError', () => {
  const part = fc.constantFrom(
    'web',
    'db1',
    'all',
    '!',
    '&',
    ',',
    ':',
    '[',
    ']',
    '0',
    '-1',
    '*',
    '?',
    '~',
    '(',
    '\\',
    '^',
    ' ',
    '@',
    'x',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      try {
        const { hosts } = selectHosts(parts.join(''), inventory)
        expect(hosts.every((host) => inventory.hosts.has(host))).toBe(true)
        expect(new Set(hosts).size).toBe(hosts.length)
      } catch (error) {
        if ((error as Error).name !== 'UserError') throw error
      }
    }),
    { numRuns: 3000 },
  )
})
