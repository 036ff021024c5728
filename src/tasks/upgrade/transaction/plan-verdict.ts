import type { Diff, Finding } from '../../contract.ts'
import { dnfFailure } from '../container/dnf-errors.ts'
import { FAILED } from '../container/install-script.ts'
import { ofRelease } from '../old-release.ts'
import { listed } from '../verify/deviation.ts'
import type { PlanHead, PlanItem } from './plan-fact.ts'
import { BEGUN, RESUME } from './unfinished.ts'

const MB = 1_000_000

/** `3 to install, 19 to upgrade, 1 to remove; 112 MB to download`. */
export function summaryOf({ counts, downloadSize }: PlanHead): string {
  const parts = [
    [counts.install, 'to install'],
    [counts.upgrade, 'to upgrade'],
    [counts.downgrade, 'to downgrade'],
    [counts.reinstall, 'to reinstall'],
    [counts.remove + counts.obsoleted, 'to remove'],
  ] as const
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
  return `${said.join(', ') || 'no package changes'}; ${Math.ceil(downloadSize / MB)} MB to download`
}

/** Needed and free space per file system, in MiB. */
export function spaceOf({ space }: PlanHead): string {
  const mib = (bytes: number) => Math.ceil(bytes / 1024 / 1024)
  return space.map(({ mount, need, free }) => `${mount}: ${mib(need)} of ${mib(free)} MiB`).join(', ')
}

/** Packages as a diff: a replaced one shows what it becomes. */
export function diffOf(items: readonly PlanItem[], { release }: PlanHead): Diff {
  const pick = (...actions: string[]) => items.filter(({ action }) => actions.includes(action))
  return {
    kind: 'items',
    title: `packages of the upgrade from ${release.from} to ${release.to}`,
    added: pick('install').map(({ nevra }) => nevra),
    removed: pick('remove', 'obsoleted').map(({ nevra }) => nevra),
    changed: pick('upgrade', 'downgrade', 'reinstall').map(
      ({ nevra, replaces }) => `${replaces.join(', ') || nevra} -> ${nevra}`,
    ),
  }
}

/** What an operator should know of a plan before it is armed. None of it is an error. */
export function planFindings(head: PlanHead): Finding[] {
  return [...missingFindings(head), ...leftoverFindings(head)]
}

/** verify_upgrade would find them, when nothing can be taken back any more. */
function leftoverFindings({ stays, release }: PlanHead): Finding[] {
  const { others } = ofRelease(release.from, stays)
  if (others.length === 0) return []
  return [
    {
      key: 'transaction_leftovers',
      severity: 'medium',
      title: 'Packages of the old release stay',
      detail: `nothing replaces or removes ${others.length}: ${listed(others)}`,
      remedy: 'name them in to_remove, or, where they are meant to stay, in allow_leftovers of verify_upgrade',
    },
  ]
}

/** What was asked for and is nowhere: the hosts of one fleet differ. */
function missingFindings({ missing }: PlanHead): Finding[] {
  if (missing.length === 0) return []
  const names = missing.map((line) => {
    const [list, name] = line.split(' ')
    return `${name} (${list})`
  })
  return [
    {
      key: 'transaction_missing',
      severity: 'medium',
      title: 'Packages or modules of the lists are not there',
      detail: `asked for, but neither installed nor in the repositories: ${names.join(', ')}`,
      remedy: 'correct the lists of stage_transaction, or add the repository that has them',
    },
  ]
}

/** Why a stage ended, from its output: one line, and what to do. */
export function stageFailure(output: string): { message: string; remedy?: string | undefined } {
  const lines = output.split('\n')
  const at = lines.findLastIndex((line) => line.startsWith(FAILED))
  if (at < 0) return dnfFailure(output)
  const [first = '', ...rest] = lines.slice(at)
  const words = [first.slice(FAILED.length), ...rest].map((line) => line.trim().replace(/^- /, '')).filter(Boolean)
  const own = words.slice(0, 12).join('; ')
  if (/^Problem/.test(own)) {
    return {
      message: `dnf can't resolve the upgrade: ${own}`,
      remedy: 'name what is in the way in to_remove or exclude, or add the repository that has what is missing',
    }
  }
  const remedy = remedyOf(own)
  if (remedy !== undefined) return { message: own, remedy }
  // dnf names the package or the repository at the end, or in a line before it.
  const known = [words.join('\n'), output].map(dnfFailure).find((failure) => failure.remedy !== undefined)
  return known ?? { message: own }
}

function remedyOf(message: string): string | undefined {
  if (message.startsWith('no space: ')) return 'free space there, then run again'
  if (message.startsWith('to_keep: '))
    return 'take the package out of to_keep, or what is in its place out of the lists'
  if (message === BEGUN) return RESUME
  if (message.startsWith('local_rpms: ')) return remedyOfLocal(message)
  return undefined
}

function remedyOfLocal(message: string): string {
  const unless = 'or, where the file is to be trusted as it is, say local_rpms_unchecked: true'
  if (/does not exist on the host$/.test(message)) return 'bring the file to the host before this task'
  if (/ is not signed$/.test(message)) return `sign the package, ${unless}`
  if (/: Public key /.test(message)) return `name the key that signed it in gpgkeys of install_rpms, ${unless}`
  return 'bring the file to the host anew: it is damaged'
}
