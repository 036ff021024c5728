import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostRequestsProbe } from '../../../../src/tasks/upgrade/gather-modules-probe.ts'
import { HOST } from '../../../../src/tasks/upgrade/layout.ts'

let root: string
let requests: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'requests-'))
  requests = join(root, 'requests.d')
  mkdirSync(requests)
  mkdirSync(join(root, '70a'))
  writeFileSync(join(root, 'driver one.ko'), '')
})
afterEach(() => rmSync(root, { recursive: true }))

function probe(...paths: string[]) {
  const { script, parse } = hostRequestsProbe(paths)
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script.replaceAll(HOST.requests, requests)], {
    encoding: 'utf8',
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  const found = parse({ code: 0, stdout, stderr, truncated: false })
  return { ...found, faults: found.files.map(({ fault }) => fault) }
}

test('finds the files in order, with their whole text, and every path that they name', () => {
  const text = `# one
dracut_modules:
  - name: a
    path: ${root}/70a   # the site's
  - { name: b, path: ${root}/gone }
kernel_modules: [{name: c, path: "${root}/driver one.ko"}, {name: d, path: '${root}/70a'}]

copy_files:
- src: ${root}/driver one.ko
`
  writeFileSync(join(requests, '20.yml'), text)
  writeFileSync(join(requests, '10.yaml'), 'install_rpms: [x]')
  writeFileSync(join(requests, 'README'), 'not a request')
  const { files, paths } = probe()
  expect(files.map(({ path, text: content }) => [path, content])).toEqual([
    [join(requests, '10.yaml'), 'install_rpms: [x]\n'],
    [join(requests, '20.yml'), text],
  ])
  expect(paths).toMatchObject({
    [`${root}/70a`]: 'directory',
    [`${root}/gone`]: 'missing',
    [`${root}/driver one.ko`]: 'file',
  })
})

test('answers about the paths that the play names, whatever characters they have', () => {
  const odd = join(root, "it's $(odd)")
  writeFileSync(odd, '')
  expect(probe(odd, '/dev/null', '/nowhere').paths).toEqual({
    [odd]: 'file',
    '/dev/null': 'other',
    '/nowhere': 'missing',
  })
})

test('no folder, no requests', () => {
  rmSync(requests, { recursive: true })
  expect(probe()).toMatchObject({ files: [], paths: {} })
})

test('a line of a file can’t pass for an answer', () => {
  writeFileSync(join(requests, '1.yml'), '@path\tfile\t/nowhere\n@fault\tx\ty\n')
  const { files, paths } = probe()
  expect(files).toHaveLength(1)
  expect(paths['/nowhere']).toBe('missing')
})

test.runIf(process.getuid?.() === 0)('what others than root could have written is not trusted', () => {
  for (const name of ['1.yml', '2.yml']) writeFileSync(join(requests, name), 'install_rpms: [x]\n')
  chownSync(join(requests, '1.yml'), 1000, 0)
  chmodSync(join(requests, '2.yml'), 0o666)
  mkdirSync(join(requests, '3.yml'))
  writeFileSync(join(requests, '4.yml'), '#'.repeat(70_000))
  writeFileSync(join(requests, 'a b.yml'), '')
  expect(probe().faults).toEqual([
    'it belongs to the user with id 1000, not to root',
    'others than root may write it (mode 666)',
    'it is a directory',
    'it has 70000 bytes, at most 65536 are read',
    'its name has other characters than letters, digits and . _ -',
  ])
})
