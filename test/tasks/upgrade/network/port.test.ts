import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { noNetworkProbe, parseNetworkFacts } from '../../../../src/tasks/upgrade/network/network-probe.ts'
import { probeOutput } from './probe-output.ts'

const said = (stdout: string) => ({ code: 0, stdout, stderr: '', truncated: false })

test.each([
  ['22', 22],
  ['2222', 2222],
  ['65535', 65_535],
  ['65536', undefined],
  ['0', undefined],
  ['22;reboot', undefined],
])('a host that says port %s', (text, port) => {
  expect(parseNetworkFacts(said(`@port\t${text}\n${probeOutput({})}`)).port).toBe(port)
  expect(noNetworkProbe.parse(said(`@port\t${text}\n`)).port).toBe(port)
})

test.each(['dash', 'bash'])('the port is that of the server, not that of the controller, under %s', (shell) => {
  const env = { PATH: process.env.PATH, SSH_CONNECTION: '192.0.2.1 50123 192.0.2.5 2222' }
  const { stdout } = spawnSync(shell, ['-c', `set -u\n${noNetworkProbe.script}`], { env, encoding: 'utf8' })
  expect(stdout).toBe('@reached\t192.0.2.5\n@port\t2222\n')
})
