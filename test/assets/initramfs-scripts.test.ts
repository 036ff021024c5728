import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { InitramfsShell } from './initramfs-shell.ts'

let shell: InitramfsShell
const shellWith = (cmdline = '') => {
  shell = new InitramfsShell(cmdline)
  return shell
}
afterEach(() => shell.remove())

// The image's /bin/sh is dash on some distributions and bash on others.
describe.each(['dash', 'bash'] as const)('the scripts of the upgrade image under %s', (kind) => {
  test.each([
    ['quiet rd.upgrade.run=a1 root=LABEL=x', 'rd.upgrade.run', 0, 'a1'],
    ['rd.upgrade.run=a1 rd.upgrade.run=b2', 'rd.upgrade.run', 0, 'b2'],
    ['rd.upgrade.debug', 'rd.upgrade.debug', 0, ''],
    ['xrd.upgrade.run=a1 rd.upgrade.runs=b', 'rd.upgrade.run', 1, ''],
    ['root=UUID=1=2', 'root', 0, 'UUID=1=2'],
    ['a=* b=?', 'a', 0, '*'],
  ])('cmdline_value reads %j for %s', (cmdline, name, code, value) => {
    expect(shellWith(cmdline).run(kind, 'cmdline_value "$1"', [name])).toEqual({ code, stdout: `${value}\n` })
  })

  test.each([
    ['rd.upgrade.break=root,finish', 'finish', 0],
    ['rd.upgrade.break=root,finish', 'fin', 1],
    ['rd.upgrade.break', 'root', 1],
    ['quiet', 'root', 1],
    ['rd.upgrade.break=leapp-initram', 'initram', 0],
    ['rd.upgrade.break=upgrade', 'initram', 0],
    ['rd.upgrade.break=leapp-pre-upgrade', 'pre-transaction', 0],
    ['rd.upgrade.break=leapp-upgrade', 'post-transaction', 0],
    ['rd.upgrade.break=leapp-finish', 'finish', 0],
    ['rd.break=leapp-logs', 'finish', 0],
    ['rd.break=pre-mount', 'pre-mount', 1],
    ['rd.upgrade.break=*', 'root', 1],
  ])('at_break of %j at %s', (cmdline, point, code) => {
    expect(shellWith(cmdline).run(kind, 'at_break "$1"', [point]).code).toBe(code)
  })

  test('json_string makes valid JSON of any text', () => {
    shellWith()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        fc.pre(!text.includes('\0'))
        const { stdout } = shell.run(kind, 'json_string "$1"', [text])
        // Control characters become spaces, and $(...) takes the newlines at the end.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
        const expected = text.replace(/\n+$/, '').replace(/[\x01-\x1f\x7f]/g, ' ')
        expect(JSON.parse(stdout)).toBe(expected)
      }),
      { numRuns: 40 },
    )
  })

  test('write_result is valid JSON, private, and leaves nothing beside it', () => {
    shellWith('rd.upgrade.run=r1 rd.upgrade.image=abc')
    writeFileSync(join(shell.runDir, 'writable'), '')
    const script = 'systemctl() { echo "systemd 257 (257.1)"; }; write_result failed reached mounts "$1"'
    expect(shell.run(kind, script, ['a "quoted" \\ message']).code).toBe(0)
    const dir = join(shell.root, 'var/lib/upgrade-push')
    expect(readdirSync(dir)).toEqual(['result.json'])
    expect(JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'))).toMatchObject({
      version: 1,
      run: 'r1',
      image: 'abc',
      systemd: '257',
      phase: 'reached',
      step: 'mounts',
      message: 'a "quoted" \\ message',
      outcome: 'failed',
      started_at: null,
    })
  })

  test('write_atomic keeps the old file when the new one can not be written', () => {
    const file = join(shellWith().root, 'state.json')
    writeFileSync(file, 'old')
    const { code } = shell.run(kind, 'sync() { return 1; }; echo new | write_atomic "$1"', [file])
    expect(code).not.toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('old')
  })

  test('fail keeps the reason for the result and ends the step', () => {
    shellWith()
    const { code, stdout } = shell.run(kind, 'STEP=mounts; fail "no device /dev/x"; echo never')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^upgrade-push: \d+\.\d+ mounts failed: no device \/dev\/x\n$/)
    expect(readFileSync(join(shell.runDir, 'failure'), 'utf8')).toBe('mounts\nno device /dev/x\n')
  })

  test('release_root gives the mounts back newest first and makes the root read-only', () => {
    shellWith()
    writeFileSync(join(shell.runDir, 'mounted'), '/s/var\n/s/var/log\n')
    writeFileSync(join(shell.runDir, 'writable'), '')
    const { stdout } = shell.run(kind, 'umount() { echo "umount $*"; }; mount() { echo "mount $*"; }; release_root')
    expect(stdout).toBe(`umount /s/var/log\numount /s/var\nmount -o remount,ro ${shell.root}\n`)
    expect(existsSync(join(shell.runDir, 'writable'))).toBe(false)
  })
})
