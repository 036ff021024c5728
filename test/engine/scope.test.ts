import { describe, expect, it } from 'vitest'
import { LayeredScope, type ScopeLayers } from '../../src/engine/scope.ts'

function scope(layers: Partial<ScopeLayers>): LayeredScope {
  return new LayeredScope({
    magic: {},
    hostvars: { kind: 'value', value: null },
    extra: {},
    item: {},
    pending: new Map(),
    set: {},
    task: {},
    files: [],
    play: {},
    facts: {},
    inventory: {},
    factsPending: false,
    ...layers,
  })
}

describe('a scope', () => {
  it('gives what people wrote, whatever the host says of itself under the same name', () => {
    const one = scope({ facts: { ansible_host: 'evil.example' }, inventory: { ansible_host: 'good.example' } })
    expect(one.value('ansible_host')).toBe('evil.example')
    expect(one.authored('ansible_host')).toBe('good.example')
    expect(scope({ facts: { ansible_become_exe: '/tmp/x' } }).authored('ansible_become_exe')).toBeUndefined()
  })
})
