import type { Probe } from '../../contract.ts'
import { TaggedLines } from '../host/tagged-lines.ts'
import { HOST } from '../layout.ts'

interface LockHolder {
  readonly run: string
  readonly who: string
  readonly since: string
}

/** Who holds the host, as the lock says; undefined when nobody does. */
export interface LockFacts {
  readonly holder?: LockHolder | undefined
}

export const lockProbe: Probe<LockFacts> = {
  id: 'upgrade-push/lock',
  script: `
[ ! -e ${HOST.lock} ] || printf '@locked\\n'
grep -a -s -H '' ${HOST.lock} ${HOST.lock}/*
:`,
  reads: [`tree:${HOST.lock}`],
  parse({ stdout }) {
    const output = new TaggedLines(stdout)
    if (!output.has('locked')) return {}
    const text = output
      .matching(/./)
      .flatMap(({ lines }) => lines)
      .join('\n')
    return { holder: { run: field(text, 'run'), who: field(text, 'who'), since: field(text, 'since') } }
  },
}

/** Of JSON or `key=value` lines. A lock that can't be read is still a lock. */
function field(text: string, name: string): string {
  const match = new RegExp(`(?:^|[{,\\s])"?${name}"?\\s*[:=]\\s*"?([^",\\n}]+)`).exec(text)
  return match?.[1]?.trim() || 'unknown'
}
