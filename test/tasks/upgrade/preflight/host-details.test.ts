import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cpuLevel } from '../../../../src/tasks/upgrade/host/cpu.ts'
import { hostProbe, parseHostFacts } from '../../../../src/tasks/upgrade/host/host-probe.ts'
import { lvmConfiguration } from '../../../../src/tasks/upgrade/host/lvm-configuration.ts'

const answer = (lines: readonly string[]) => ({
  code: 0,
  stdout: ['@uname\t4.18.0 x86_64', '@pidns\tpid:[4026531836]', ...lines].join('\n'),
  stderr: '',
  truncated: false,
})

const V1 = 'fpu cx8 cmov mmx fxsr sse2 syscall lm'
const V2 = `${V1} pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm`
const V3 = `${V2} avx f16c avx2 bmi1 bmi2 fma abm movbe xsave`

test.each([
  ['x86_64', V1, 1],
  ['x86_64', V2, 2],
  ['x86_64', V3, 3],
  ['x86_64', V3.replace('bmi2 ', ''), 2],
  ['x86_64', `${V3} avx512f avx512bw avx512cd avx512dq avx512vl`, 4],
  ['x86_64', undefined, undefined],
  ['aarch64', V3, undefined],
])('%s with %s is level %s', (arch, flags, level) => {
  expect(cpuLevel(arch, flags)).toBe(level)
})

test.each([
  ['nothing said on 8', [], 8, undefined],
  ['nothing said on 9', ['devices {', '}'], 9, 'system.devices'],
  ['switched on', ['\tuse_devicesfile = 1'], 8, 'system.devices'],
  ['switched off', ['\tuse_devicesfile=0'], 9, undefined],
  ['another name', ['devices/use_devicesfile=1', 'devicesfile = "san.devices" # x'], 8, 'san.devices'],
  ['a name that leads elsewhere', ['devicesfile = "../x"'], 9, undefined],
  ['a comment', ['# use_devicesfile = 1'], 8, undefined],
] as const)('LVM’s devices file: %s', (_, lines, major, expected) => {
  expect(lvmConfiguration(lines, major)?.devicesFile).toBe(expected)
})

test('LVM’s filters are kept as they stand, comments are none; no file is no configuration', () => {
  const lines = ['  # filter = [ "a" ]', '  filter = [ "r|/dev/sdb|" ]', 'global_filter=["a|.*|"]']
  expect(lvmConfiguration(lines, 8)?.filters).toEqual(['filter = [ "r|/dev/sdb|" ]', 'global_filter=["a|.*|"]'])
  expect(lvmConfiguration(undefined, 8)).toBeUndefined()
})

test('Secure Boot is the last byte of its variable, behind four of attributes', () => {
  expect(parseHostFacts(answer(['@secureboot\t 6 0 0 0 1'])).secureBoot).toBe(true)
  expect(parseHostFacts(answer(['@secureboot\t 6 0 0 0 0'])).secureBoot).toBe(false)
  expect(parseHostFacts(answer([])).secureBoot).toBe(false)
})

test('devices with what they are made of and what drives them', () => {
  const { blockDevices } = parseHostFacts(
    answer([
      '/sys/class/block/dm-0/dev:253:0',
      '/sys/class/block/dm-0/dm/name:vg-root',
      '/sys/class/block/sda/dev:8:0',
      '@slave\tdm-0\tsda',
      '@driver\tsda\tsd_mod',
      '@driver\tsda\tahci',
      '@driver\tsda\tahci',
    ]),
  )
  expect(blockDevices).toMatchObject([
    { name: 'dm-0', dmName: 'vg-root', slaves: ['sda'], drivers: [] },
    { name: 'sda', slaves: [], drivers: ['sd_mod', 'ahci'] },
  ])
})

test('what drives the network cards', () => {
  expect(parseHostFacts(answer(['@nicdriver\tens3\tvirtio_net', '@nicdriver\tens4\tvirtio_net'])).nicDrivers).toEqual([
    'virtio_net',
  ])
})

test('what drives a hardware watchdog, up to the device that it is a part of, and that of a BMC', () => {
  const sys = mkdtempSync(join(tmpdir(), 'upgrade-push-sys-'))
  const bridge = 'devices/pci0/1f.0'
  execFileSync('sh', [
    '-c',
    `cd "$1" && mkdir -p class/watchdog class/ipmi module/ipmi_watchdog ${bridge}/iTCO_wdt/watchdog/watchdog0 devices/virtual/watchdog1 devices/bmc/ipmi0
driver() { mkdir -p "drivers/$2" "module/$3" && ln -s "$1/module/$3" "drivers/$2/module" && ln -s "$1/drivers/$2" "$4/driver"; }
driver "$1" lpc_ich lpc_ich ${bridge}
driver "$1" iTCO_wdt iTCO_wdt ${bridge}/iTCO_wdt
driver "$1" ipmi_si ipmi_si devices/bmc
ln -s ../.. ${bridge}/iTCO_wdt/watchdog/watchdog0/device
ln -s ../../${bridge}/iTCO_wdt/watchdog/watchdog0 class/watchdog/watchdog0
ln -s ../../devices/virtual/watchdog1 class/watchdog/watchdog1
ln -s .. devices/bmc/ipmi0/device
ln -s ../../devices/bmc/ipmi0 class/ipmi/ipmi0`,
    'sh',
    sys,
  ])
  const script = hostProbe.script.replaceAll('/sys/', `${sys}/`)
  const stdout = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
  rmSync(sys, { recursive: true })
  expect(stdout.match(/^@watchdogdriver.*/gm)).toEqual([
    '@watchdogdriver\twatchdog0\tiTCO_wdt',
    '@watchdogdriver\twatchdog0\tlpc_ich',
    '@watchdogdriver\tipmi\tipmi_watchdog',
    '@watchdogdriver\tipmi\tipmi_si',
  ])
  const told = ['@watchdogdriver\twatchdog0\tiTCO_wdt', '@watchdogdriver\twatchdog1\tiTCO_wdt']
  expect(parseHostFacts(answer(told)).watchdogDrivers).toEqual(['iTCO_wdt'])
})

test('watchdogs that count, dracut modules of nobody, and additions to images', () => {
  const facts = parseHostFacts(
    answer([
      '/sys/class/watchdog/watchdog0/state:active',
      '/sys/class/watchdog/watchdog0/identity:iTCO_wdt',
      '/sys/class/watchdog/watchdog1/state:inactive',
      '@foreign\t50acme',
      '@dracut\t/etc/dracut.conf.d/a.conf:add_drivers+=" acme "',
    ]),
  )
  expect(facts.watchdogs).toEqual(['watchdog0 (iTCO_wdt)'])
  expect(facts.foreignDracutModules).toEqual(['50acme'])
  expect(facts.dracutAdditions).toEqual(['/etc/dracut.conf.d/a.conf:add_drivers+=" acme "'])
})
