import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Connector } from '../../../src/remote/connector.ts'
import { resolveTarget } from '../../../src/remote/target.ts'
import { defineTask, type Task } from '../../../src/tasks/contract.ts'
import { cleanUp } from '../../engine/harness.ts'
import { isPaused, resultOf, steered, steering } from '../../engine/steer.ts'
import { type SshServer, startCutProxy, startSshServer } from '../remote/sshServer.ts'

let server: SshServer
beforeAll(async () => {
  server = await startSshServer()
})
afterAll(async () => {
  cleanUp()
  await server.stop()
})

/** Takes the host's lock and waits: long enough to lose the link in the middle, where nothing says that it need not. */
const held = defineTask({
  name: 'held',
  summary: 'Changes a host that it has locked.',
  args: z.strictObject({ path: z.string() }),
  example: 'held: {path: /x}',
  exclusive: true,
  needsRoot: true,
  probes: ({ path }) => ({
    made: { id: path, script: `cat ${path} 2>/dev/null`, reads: [`path:${path}`], parse: ({ code }) => code === 0 },
  }),
  check: ({ args, facts }) =>
    facts.made
      ? { kind: 'ok' }
      : { kind: 'change', summary: 'makes it', touches: [`path:${args.path}`], spec: { path: args.path } },
  compile: ({ path }) => ({ script: `test -e ${path}.quick || sleep 30; echo made >${path}` }),
}) as unknown as Task

test('a host whose SSH link was cut in the middle of a change begins again over another one, with its lock', async () => {
  const proxy = await startCutProxy(server.port)
  const known = join(server.dir, 'known-cut')
  writeFileSync(known, readFileSync(server.knownHosts, 'utf8').replace(String(server.port), String(proxy.port)))
  const vars = server.vars({
    ansible_port: proxy.port,
    ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${known} -o GlobalKnownHostsFile=none`,
  })
  const connector = new Connector()
  const path = join(server.dir, 'made')
  const run = await steered(
    {
      hosts: ['web1'],
      plugins: [held],
      playbook: `- hosts: all
  gather_facts: false
  tasks:
    - held: { path: ${path} }
    - command: "true"
`,
      ports: {
        connect: async (host, _, mode) => {
          if (mode === 'check') throw new Error('an apply')
          return { mode, session: await connector.connect(resolveTarget(host, vars)) }
        },
      },
    },
    [
      // A moment later the change is under way.
      { on: (event) => event.type === 'intent', first: () => void setTimeout(() => proxy.cut(), 500) },
      { on: resultOf('web1', 0), command: { command: 'pause' } },
      {
        on: isPaused,
        first: () => writeFileSync(`${path}.quick`, ''),
        command: { command: 'retry', host: 'web1' },
        atRest: true,
      },
      { on: steering('retry'), command: { command: 'resume' } },
    ],
  )
  expect(run.statuses('web1')).toEqual(['unreachable', 'changed', 'changed'])
  expect(proxy.connections).toBe(2)
  // It was ours all along, and is given back.
  expect(run.events.filter(({ type }) => type === 'warning')).toEqual([])
  expect(server.inside('ls /var/lib/upgrade-push')).not.toMatch(/^lock$/m)
  await connector.close()
  await proxy.close()
})
