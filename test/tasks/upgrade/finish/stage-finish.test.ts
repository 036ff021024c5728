import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../../src/tasks/contract.ts'
import { sha256 } from '../../../../src/tasks/upgrade/digest.ts'
import type { HostState } from '../../../../src/tasks/upgrade/finish/host-state.ts'
import type { FinishLocal } from '../../../../src/tasks/upgrade/finish/local.ts'
import { planFinish } from '../../../../src/tasks/upgrade/finish/plan.ts'
import type { FinishFact } from '../../../../src/tasks/upgrade/finish/staged-probe.ts'
import { mergeRequests } from '../../../../src/tasks/upgrade/request-merge.ts'
import { stageFinishTask } from '../../../../src/tasks/upgrade/stage-finish.ts'
import type { LocalFile, LocalModule } from '../../../../src/tasks/upgrade/upload-dracut-modules-local.ts'
import { runCases } from '../../../cases/runner.ts'

type ShortFile = { name: string; text: string; executable?: boolean }
type ShortModule = { kind: string; files?: ShortFile[]; file?: ShortFile; why?: string }

const bytes = (text: string) => ({ sha256: sha256(text), size: text.length })
const file = ({ executable = false, ...rest }: ShortFile): LocalFile => ({
  ...rest,
  executable,
  content: bytes(rest.text),
})

function localOf(data: unknown): FinishLocal {
  const { modules, program, unit } = data as { modules: Record<string, ShortModule> } & Pick<
    FinishLocal,
    'program' | 'unit'
  >
  return {
    program,
    unit,
    bytes,
    module(path) {
      const module = modules[path]
      if (!module) throw new Error(`the case has no module ${path}`)
      const { files, file: one } = module
      return { ...module, ...(files && { files: files.map(file) }), ...(one && { file: file(one) }) } as LocalModule
    },
  }
}

runCases(fileURLToPath(new URL('../../../cases/upgrade/stage_finish', import.meta.url)), stageFinishTask, {
  local: localOf,
})

// What lies on the host is given by digests: they are made of a plan, then changed one thing at a time.
describe('what is staged already', () => {
  const local = localOf({
    unit: 'TimeoutStartSec=15min\n',
    program: { 'upgrade-resume': '#!/bin/sh\n' },
    modules: { '/play/10-app': { kind: 'file', file: { name: '', text: 'echo app\n', executable: true } } },
  })
  const request = mergeRequests({ arch: 'x86_64', sourceRelease: '8', targetRelease: '9' }, [
    { by: 'play', paths: 'controller', request: { scripts: { first_boot: [{ path: '/play/10-app' }] } } },
    { by: 'host:/a', paths: 'host', request: { scripts: { first_boot: [{ path: '/opt/20-site' }] } } },
  ])
  const host: HostState = { kernels: ['1'], booted: '1', selinux: 'disabled', danglingLinks: [], services: [] }
  const plan = planFinish(local, request, host, 'run')
  const staged: FinishFact = {
    files: {
      ...Object.fromEntries(
        plan.files.map(({ place, mode, content }) => [place, `${mode.toString(8)} 0:0 ${content.sha256}`]),
      ),
      'scripts/first-boot/02-20-site': `600 0:0 ${sha256('site')}`,
    },
    sources: { 'scripts/first-boot/02-20-site': { path: '/opt/20-site', was: 'a', now: 'a', intact: true } },
    texts: {},
    planned: true,
    notes: false,
  }
  const check = (finish: FinishFact): Verdict<unknown> =>
    stageFinishTask.check({
      args: {},
      facts: { request: { kind: 'absent' }, host, finish },
      local,
      given: { request },
      host: 'web1',
      mode: 'check',
      evaluate: () => null,
    })

  test('the same is no change', () => {
    expect(check(staged)).toMatchObject({
      kind: 'ok',
      summary: '0 modules and drivers, 0 services, 2 scripts for the new system',
    })
  })

  test.each<[string, Partial<FinishFact>, object]>([
    [
      'a list that differs is shown line by line',
      { files: { ...staged.files, kernels: '600 0:0 x' }, texts: { kernels: '0\n' } },
      [{ kind: 'text', path: '/var/lib/upgrade-push/finish/kernels', before: '0\n', after: '1\n' }],
    ],
    ['an extra file', { files: { ...staged.files, extra: '600 0:0 x' } }, [{ kind: 'items', removed: ['extra'] }]],
    [
      'a mode',
      { files: { ...staged.files, kernels: staged.files.kernels?.replace('600', '644') as string } },
      [{ kind: 'items', changed: ['kernels'] }],
    ],
    [
      'the host’s own script has changed',
      { sources: { 'scripts/first-boot/02-20-site': { path: '/opt/20-site', was: 'a', now: 'b', intact: true } } },
      [{ kind: 'items', changed: ['scripts/first-boot/02-20-site from /opt/20-site on the host'] }],
    ],
    [
      'its copy was changed',
      { sources: { 'scripts/first-boot/02-20-site': { path: '/opt/20-site', was: 'a', now: 'a', intact: false } } },
      [{ kind: 'items', changed: ['scripts/first-boot/02-20-site from /opt/20-site on the host'] }],
    ],
    [
      'nobody knows where the copy came from',
      { sources: {} },
      [{ kind: 'items', added: ['scripts/first-boot/02-20-site from /opt/20-site on the host'] }],
    ],
    [
      'a link in a list’s place',
      { files: { ...staged.files, kernels: 'other' } },
      [{ kind: 'items', changed: ['kernels'] }],
    ],
  ])('%s', (_, differs, diff) => {
    expect(check({ ...staged, ...differs })).toMatchObject({
      kind: 'change',
      summary: expect.stringContaining('the plan must be frozen anew'),
      diff,
    })
  })

  test('notes of an upgrade that was given up go, as they would say that its scripts were run', () => {
    expect(check({ ...staged, planned: false, notes: true })).toMatchObject({
      kind: 'change',
      summary: expect.stringMatching(/; notes of an earlier upgrade go$/),
    })
  })
})
