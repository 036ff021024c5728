import { defineTask, type Probes } from '../contract.ts'
import { compileFile, type FileSpec } from './file-apply.ts'
import { type FileArgs, fileArgs, pathOf } from './file-args.ts'
import { checkFile } from './file-check.ts'
import type { FileFacts } from './file-verdict.ts'
import { below, parent } from './host-path.ts'
import { parseMode } from './mode.ts'
import { ownerProbes } from './owner.ts'
import { pathProbe } from './path-probe.ts'
import { recurseProbe } from './recurse-probe.ts'

export const fileTask = defineTask<FileArgs, FileFacts, FileSpec>({
  name: 'file',
  summary:
    'Makes or removes directories, links and empty files, and sets mode, owner and group. Never leaves the file system of a tree that it removes.',
  args: fileArgs,
  example:
    '- name: A place for our configuration\n  file:\n    path: /etc/app\n    state: directory\n    mode: "0750"\n',
  probes(given) {
    const path = pathOf(given)
    const { owner, group, src } = given
    return {
      at: pathProbe(path),
      ...ownerProbes(given),
      ...(given.recurse
        ? {
            tree: recurseProbe(path, {
              mode: given.mode === undefined ? undefined : parseMode(given.mode),
              owner,
              group,
            }),
          }
        : {}),
      ...(src === undefined ? {} : { source: pathProbe(sourcePath(path, src)) }),
    } as Probes<FileFacts>
  },
  check: ({ args: given, facts }) => checkFile(given, pathOf(given), facts),
  compile: compileFile,
})

/** Where a link's text leads, as seen from the link's own directory. */
function sourcePath(path: string, src: string): string {
  const parts: string[] = []
  for (const part of (src.startsWith('/') ? src : below(parent(path), src)).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
