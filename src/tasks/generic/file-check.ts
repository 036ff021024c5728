import type { Verdict } from '../contract.ts'
import { describe, type Wanted } from './attributes.ts'
import type { FileSpec } from './file-apply.ts'
import type { FileArgs } from './file-args.ts'
import { checkDirectory } from './file-directory.ts'
import { checkHardLink, checkLink } from './file-link.ts'
import { checkTouch } from './file-touch.ts'
import { attributeDiff, attributesOnly, effective, type FileCase, type FileFacts } from './file-verdict.ts'
import { parseMode } from './mode.ts'
import { wantedOwner } from './owner.ts'
import type { PathFacts } from './path-probe.ts'

/** Top-level directories of a system: nobody means to remove one of these. */
const PROTECTED = new Set(
  [
    '',
    'bin',
    'boot',
    'dev',
    'etc',
    'home',
    'lib',
    'lib64',
    'opt',
    'proc',
    'root',
    'run',
    'sbin',
    'srv',
    'sys',
    'tmp',
    'usr',
    'var',
  ].map((name) => `/${name}`),
)

/** The verdict for any state of the `file` task. */
export function checkFile(args: FileArgs, path: string, facts: FileFacts): Verdict<FileSpec> {
  const owner = wantedOwner(args, facts)
  if ('reason' in owner) return { kind: 'refuse', ...owner }
  const wanted: Wanted = { mode: args.mode === undefined ? undefined : parseMode(args.mode), ...owner }
  const given: FileCase = { args, path, facts, wanted }
  switch (args.state ?? (args.recurse ? 'directory' : currentState(facts.at))) {
    case 'absent':
      return checkAbsent(given)
    case 'directory':
      return checkDirectory(given)
    case 'link':
      return checkLink(given)
    case 'hard':
      return checkHardLink(given)
    case 'touch':
      return checkTouch(given)
    case 'file':
      return checkExisting(given)
  }
}

function currentState({ stat }: PathFacts): 'file' | 'directory' {
  return stat?.type === 'directory' ? 'directory' : 'file'
}

function checkAbsent({ path, facts: { at } }: FileCase): Verdict<FileSpec> {
  if (!at.stat) return { kind: 'ok', summary: `${path} does not exist`, result: { path, state: 'absent' } }
  if (PROTECTED.has(path)) {
    return {
      kind: 'refuse',
      reason: `${path} belongs to the system itself and is never removed`,
      remedy: 'name what is to go below it',
    }
  }
  return {
    kind: 'change',
    summary: `removes ${path}${at.stat.type === 'directory' ? ' with all below it' : ''}`,
    diff: [attributeDiff(path, describe(at.stat), 'state: absent\n')],
    touches: [`tree:${path}`],
    spec: { do: 'absent', path },
    result: { path, state: 'absent' },
  }
}

function checkExisting(given: FileCase): Verdict<FileSpec> {
  const { path, args } = given
  const stat = effective(given)
  if (!stat) {
    const what = given.facts.at.stat
      ? `${path} is a symbolic link to something that does not exist`
      : `${path} does not exist`
    return { kind: 'refuse', reason: what, remedy: 'make it with copy, or with state: touch or state: directory' }
  }
  if (args.state === 'file' && stat.type !== 'file') {
    return { kind: 'refuse', reason: `${path} is a ${stat.type}, not a file` }
  }
  return attributesOnly(given, stat)
}
