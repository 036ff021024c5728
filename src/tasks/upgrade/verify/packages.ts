import type { Finding } from '../../contract.ts'
import { ofRelease, packageName } from '../old-release.ts'
import { rpmvercmp } from '../rpmvercmp.ts'
import { deviation, listed } from './deviation.ts'
import type { VerifyFacts } from './facts.ts'

const COMING = new Set(['install', 'upgrade', 'downgrade', 'reinstall'])
const GOING = new Set(['remove', 'obsoleted'])

/** What the frozen plan says against what is installed. */
export function planDeviations({ plan, packages }: VerifyFacts): Finding[] {
  if (plan.length === 0) {
    const detail = 'the frozen plan is not on the host any more, so the packages can not be compared with it'
    return [deviation('verify_plan', 'the plan is gone', detail, 'Compare `rpm -qa` with the journal of the upgrade.')]
  }
  const installed = new Set(packages)
  const coming = new Set(plan.flatMap((each) => (COMING.has(each.action) ? [each.package] : [])))
  const missing = [...coming].filter((name) => !installed.has(name))
  const stayed = plan.filter(
    ({ action, package: name }) => GOING.has(action) && installed.has(name) && !coming.has(name),
  )
  return [
    ...(missing.length === 0
      ? []
      : [
          deviation(
            'verify_packages_missing',
            'packages of the plan are not installed',
            `${missing.length} of ${coming.size}: ${listed(missing)}`,
            'Install them with dnf, or find out who changed packages since.',
          ),
        ]),
    ...(stayed.length === 0
      ? []
      : [
          deviation(
            'verify_packages_removed',
            'packages that the plan removes are still there',
            listed(stayed.map((each) => each.package)),
            'Remove them with dnf.',
          ),
        ]),
  ]
}

/** Packages of the old release that no part of the plan is: nothing replaced them. */
export function leftovers({ packages, plan, sight }: VerifyFacts, allowed: readonly string[]): Finding[] {
  const from = sight.result?.release?.from
  if (from === undefined) return []
  const coming = new Set(plan.flatMap((each) => (COMING.has(each.action) ? [each.package] : [])))
  const left = packages.filter(
    (name) => !coming.has(name) && !allowed.some((pattern) => globMatches(pattern, packageName(name))),
  )
  const { kernels, others } = ofRelease(from, left)
  return [
    ...(others.length === 0
      ? []
      : [
          deviation(
            'verify_leftovers',
            'packages of the old release are left',
            `${others.length}: ${listed(others)}`,
            'Remove them, or name those that are meant to stay in allow_leftovers.',
          ),
        ]),
    ...(kernels.length === 0 ? [] : [oldKernel(kernels)]),
  ]
}

/** Kernels are installed beside each other, so an upgrade never takes the one away that ran before it. */
function oldKernel(names: readonly string[]): Finding {
  return {
    key: 'verify_old_kernel',
    severity: 'info',
    title: 'the old kernel is still installed',
    detail: `${listed(names)}: kernels are installed beside each other`,
    remedy: 'Remove it with dnf when the new system has proved itself.',
  }
}

/** The newest kernel that the upgrade brought must run. */
export function kernelDeviations({ kernels, plan, sight }: VerifyFacts, wanted: string | undefined): Finding[] {
  if (wanted !== undefined) {
    if (sight.kernel === wanted) return []
    return [kernelDeviation(`kernel ${sight.kernel} runs, ${wanted} is asked for`)]
  }
  const coming = new Set(plan.flatMap((each) => (COMING.has(each.action) ? [each.package] : [])))
  const fresh = kernels.filter((kernel) => coming.has(kernel.package)).map(({ release }) => release)
  if (fresh.length === 0) return []
  const alike = fresh.filter((release) => flavour(release) === flavour(sight.kernel))
  const newest = [...(alike.length > 0 ? alike : fresh)].sort(rpmvercmp).at(-1)
  if (newest === undefined || newest === sight.kernel) return []
  return [kernelDeviation(`kernel ${sight.kernel} runs, the newest that the upgrade brought is ${newest}`)]
}

function kernelDeviation(detail: string): Finding {
  const remedy = 'Look at the default boot entry (grubby --default-kernel, bootctl list) and boot the right kernel.'
  return deviation('verify_kernel', 'another kernel runs', detail, remedy)
}

function flavour(release: string): string {
  return /\+debug|64k|\brt\d|\+rt/.exec(release)?.[0].replace(/\d+$/, '') ?? ''
}

function globMatches(pattern: string, name: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[^A-Za-z0-9]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(name)
}
