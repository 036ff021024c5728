import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBlsEntry, parseBlsEntry } from '../../../../src/tasks/upgrade/loaders/bls-entry.ts'

test('reads what kernel-install writes', () => {
  const text = `# a comment
title      Fedora Linux 39
version    6.5.6
machine-id abc
sort-key   fedora
options    root=UUID=1   ro
options    quiet
linux      /abc/6.5.6/linux
initrd     /abc/6.5.6/initrd /microcode.img
grub_users $grub_users
`
  expect(parseBlsEntry('abc-6.5.6+3-1.conf', text)).toEqual({
    id: 'abc-6.5.6',
    file: 'abc-6.5.6+3-1.conf',
    title: 'Fedora Linux 39',
    version: '6.5.6',
    sortKey: 'fedora',
    machineId: 'abc',
    linux: '/abc/6.5.6/linux',
    initrd: ['/abc/6.5.6/initrd', '/microcode.img'],
    options: 'root=UUID=1   ro quiet',
    bad: false,
  })
})

test('an entry whose tries are used up is bad', () => {
  expect(parseBlsEntry('a+0-3.conf', '').bad).toBe(true)
  expect(parseBlsEntry('a+0.conf', '').bad).toBe(true)
  expect(parseBlsEntry('a-4.18.0+1.conf', '').id).toBe('a-4.18.0')
})

const text = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/)

test('what is written is read back', () => {
  fc.assert(
    fc.property(text, fc.option(text, { nil: undefined }), text, (title, sortKey, options) => {
      const entry = parseBlsEntry(
        'x.conf',
        formatBlsEntry({ title, sortKey, linux: '/vmlinuz', initrd: '/initrd', options }),
      )
      expect(entry).toMatchObject({ title, sortKey, linux: '/vmlinuz', initrd: ['/initrd'], options })
    }),
  )
})

test('whatever a host has in its files, reading never throws', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (file, content) => parseBlsEntry(file, content).file === file))
})
